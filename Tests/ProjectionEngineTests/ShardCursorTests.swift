import ProjectionEngine
import ReadStore
import Testing

@Suite struct ShardCursorTests {
  private func cursor(_ position: Int64) -> ShardCursor {
    ShardCursor(ShardProgress(position: position, hash: [1], epoch: 4))
  }

  @Test(arguments: [
    (Int64(1), ShardCursor.Decision.skip), (9, .skip), (10, .skip), (11, .apply), (12, .heal), (.max, .heal),
  ])
  func whatIsKnownIsSkippedTheNextIsAppliedAHoleIsHealed(position: Int64, expected: ShardCursor.Decision) {
    #expect(cursor(10).decide(position) == expected)
  }

  @Test func anEventWithoutAnOffsetLeavesTheOneBefore() {
    var cursor = cursor(10)
    cursor.advance(hash: [2], offset: nil)
    #expect(cursor.progress.offset == nil)
    cursor.advance(hash: [2], offset: 70)
    cursor.advance(hash: [2], offset: nil)
    #expect(cursor.progress.offset == 70)
    cursor.advance(hash: [2], offset: 0)
    #expect(cursor.progress.offset == 0)
  }

  @Test func advancingMovesPositionAndHashAndKeepsTheEpoch() {
    var cursor = cursor(10)
    cursor.advance(hash: [2], offset: nil)
    #expect(cursor.progress == ShardProgress(position: 11, hash: [2], epoch: 4))
    #expect(cursor.decide(11) == .skip)
    #expect(cursor.decide(12) == .apply)
  }
}
