import EventFeed
import Testing

@Suite struct FetchPlanTests {
  private func mark(_ shard: Int, _ position: Int64, _ hash: UInt8 = 0) -> FeedMark {
    FeedMark(shard: shard, position: position, hash: [hash])
  }

  private func head(_ shard: Int, _ position: Int64, _ hash: UInt8 = 0) -> ShardHead {
    ShardHead(shard: shard, position: position, hash: [hash], recordedAt: 0)
  }

  private func plan(_ marks: [FeedMark], _ heads: [ShardHead], events: Int, eventBytes: Int = 1) -> FetchPlan {
    let limits = FeedLimits(events: events, bytes: 1_000_000, samples: 1_000)
    return FetchPlan(marks: marks, heads: heads, limits: limits, eventBytes: eventBytes)
  }

  @Test func aShardWithFewEventsLeavesItsShareToTheOthers() {
    let plan = plan(
      [mark(0, 10), mark(1, 0), mark(2, 5)], [head(0, 12), head(1, 1_000), head(2, 5)], events: 100)
    #expect(plan.shares.map(\.shard) == [0, 1])
    #expect(plan.shares.map(\.after) == [10, 0])
    #expect(plan.shares.map(\.events) == [2, 98])
    #expect(plan.leavesSome)
    #expect(plan.bytes == 500_000)
    #expect(plan.samples == 500)
  }

  @Test func nothingNewAsksForNothing() {
    let plan = plan([mark(0, 10)], [head(0, 10), head(1, 7)], events: 100)
    #expect(plan.shares.isEmpty)
    #expect(!plan.leavesSome)
  }

  @Test func everyShardGetsAtLeastOneEvent() {
    let plan = plan((0..<8).map { mark($0, 0) }, (0..<8).map { head($0, 9) }, events: 3)
    #expect(plan.shares.map(\.events) == Array(repeating: 1, count: 8))
  }

  @Test func bigEventsAreAskedForInSmallNumbers() {
    let plan = plan([mark(0, 0)], [head(0, 100_000)], events: 4_096, eventBytes: 10_000)
    #expect(plan.shares.map(\.events) == [200])
    #expect(plan.leavesSome)
  }

  @Test(arguments: [(Int64(11), UInt8(0)), (10, 1)])
  func aHeadThatDoesNotFitTheMarkLeavesItsShardOut(position: Int64, hash: UInt8) {
    let plan = plan([mark(0, position, hash), mark(1, 3)], [head(0, 10), head(1, 5)], events: 10)
    #expect(plan.shares.map(\.shard) == [1])
    #expect(plan.faults.map(\.shard) == [0])
    #expect(plan.faults.map(\.position) == [position + 1])
    #expect(plan.faults.first?.remedy.contains("daybook migrate --restored") == true)
  }

  @Test func aShardThatTheStoreLacksIsLeftOut() {
    let plan = plan([mark(3, 0)], [head(0, 10)], events: 1)
    #expect(plan.shares.isEmpty)
    #expect(plan.faults.map(\.shard) == [3])
  }
}
