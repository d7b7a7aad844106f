import Sending
import Testing

struct WatermarkTests {
  private func place(_ number: Int) -> RawBatch.Place {
    RawBatch.Place(number: number, end: 100 * (number + 1), nextLine: 10 * (number + 1) + 1, rawEnd: 100 * (number + 1))
  }

  private func outcome(_ accepted: Int, line: Int? = nil) -> BatchOutcome {
    var outcome = BatchOutcome()
    outcome.accepted = accepted
    outcome.rejected = line.map { [RejectedRecord(line: $0, reason: "r", detail: "d")] } ?? []
    return outcome
  }

  @Test func itMovesOnlyWhenAllBeforeItIsDone() {
    var mark = Watermark(offset: 0, line: 1, totals: SendTotals())
    for number in 0..<4 { mark.dispatched(place(number), at: Int64(number)) }
    #expect(mark.pendingSince == 0)
    #expect(mark.done(2, outcome(5, line: 25)).isEmpty)
    #expect(mark.done(1, outcome(7, line: 15)).isEmpty)
    #expect(mark.offset == 0)
    #expect(mark.totals.accepted == 0)
    #expect(mark.acceptedBehind == 12)
    #expect(mark.rejectedBehind == 2)
    #expect(mark.done(0, outcome(1)).map(\.line) == [15, 25])
    #expect((mark.offset, mark.line, mark.open) == (300, 31, 1))
    #expect(mark.pendingSince == 3)
    #expect(mark.totals.accepted == 13)
    #expect(mark.totals.rejected == 2)
    #expect(mark.acceptedBehind == 0)
    #expect(mark.rejectedBehind == 0)
    #expect(mark.done(3, outcome(2)).isEmpty)
    #expect(mark.open == 0)
    #expect(mark.pendingSince == nil)
    #expect(mark.totals.accepted == 15)
  }

  @Test func manyReasonsAreCountedTogether() {
    var mark = Watermark(offset: 0, line: 1, totals: SendTotals())
    mark.dispatched(place(0), at: 0)
    var outcome = BatchOutcome()
    outcome.rejected = (0..<200).map { RejectedRecord(line: $0, reason: "r\($0)", detail: "d") }
    _ = mark.done(0, outcome)
    #expect(mark.totals.rejected == 200)
    #expect(mark.totals.reasons.count == 51)
    #expect(mark.totals.reasons["other"]?.count == 150)
    #expect(mark.totals.reasons["other"]?.lines.count == SendTotals.linesLimit)
  }
}
