import Runtime
import Testing

@Suite struct ClockTests {
  @Test func durationsBecomeNanosecondsAndStayInInt64() {
    #expect(Duration.milliseconds(1_500).nanoseconds == 1_500_000_000)
    #expect(Duration.nanoseconds(-7).nanoseconds == -7)
    #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    #expect(Duration.milliseconds(1_500).seconds == 1.5)
  }

  @Test func aSleepIsNotTooShortAndADeadlineInThePastIsNow() {
    let start = MonotonicClock.now
    MonotonicClock.sleep(for: .milliseconds(20))
    #expect(MonotonicClock.now - start >= 20_000_000)
    let deadline = MonotonicClock.deadline(after: .seconds(-5))
    #expect(deadline <= MonotonicClock.now && deadline >= start)
  }

  @Test func jsonTextEscapesWhatJSONForbids() {
    #expect(JSONText.quoted("a\"b\\c\n\r\t\u{1}\u{1F}é😀") == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001fé😀\"")
    #expect(JSONText.quoted("") == "\"\"")
  }
}
