import ProjectionEngine
import TestSupport
import Testing

@Suite struct FoldCreditTests {
  private static let second: UInt64 = 1_000_000_000

  @Test func whatWasSavedIsThereAtOnceAndIsUsedUp() {
    let start = 100 * Self.second
    var credit = FoldCredit(now: start)
    #expect(credit.availableFrom <= start)
    credit.spend(4 * Self.second, now: start)
    #expect(credit.availableFrom <= start)
    // One second was left: a tenth too much is earned in ten.
    credit.spend(Self.second + Self.second / 10, now: start)
    #expect(credit.availableFrom == start + 10 * Self.second)
    credit.spend(0, now: start + 10 * Self.second)
    #expect(credit.availableFrom <= start + 10 * Self.second)
  }

  @Test func noDebtHoldsLongerThanHalfAMinuteAndNoRestSavesMoreThanTheLimit() {
    var credit = FoldCredit(now: 0)
    credit.spend(1_000 * Self.second, now: 0)
    #expect(credit.availableFrom == 30 * Self.second)
    let later = 1_000_000 * Self.second
    credit.spend(UInt64(FoldCredit.limit), now: later)
    #expect(credit.availableFrom <= later)
    credit.spend(1, now: later)
    #expect(credit.availableFrom == later + 100)
  }

  /// Rounds of any size, each done as soon as it may be: in the long run they take a hundredth of the time.
  @Test func foldsInQuietMomentsTakeAHundredthOfTheTime() {
    var random = SeededRandom()
    var credit = FoldCredit(now: 0)
    var (now, spent) = (UInt64(0), UInt64(0))
    while now < 100_000 * Self.second {
      now = max(now, credit.availableFrom)
      let duration = random.next() % (Self.second / 4)
      now += duration
      spent += duration
      credit.spend(duration, now: now)
    }
    #expect(spent > 900 * Self.second && spent < 1_010 * Self.second)
  }
}
