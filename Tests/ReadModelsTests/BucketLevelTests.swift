import ReadModels
import TestSupport
import Testing

@Suite struct BucketLevelTests {
  @Test func timesBefore1970RoundDown() {
    #expect(BucketLevel.minute.bucket(of: -1) == -1)
    #expect(BucketLevel.minute.bucket(of: 0) == 0)
    #expect(BucketLevel.hour.bucket(of: -3_600_000_000_000) == -1)
    #expect(BucketLevel.hour.bucket(of: -3_600_000_000_001) == -2)
    #expect(BucketLevel.hour.holder(of: -1, at: .minute) == -1)
    #expect(BucketLevel.day.holder(of: -24, at: .hour) == -1)
    #expect(BucketLevel.day.holder(of: -25, at: .hour) == -2)
    #expect(BucketLevel.day.parts(of: -1, at: .hour) == -24..<0)
  }

  @Test(arguments: BucketLevel.allCases)
  func theEndsOfTimeHaveBuckets(_ level: BucketLevel) {
    for time in [Int64.min, .min + 1, .max - 1, .max] {
      let bucket = level.bucket(of: time)
      #expect(level.start(of: bucket) <= time && time <= level.last(of: bucket))
    }
    #expect(level.start(of: level.bucket(of: .min)) == .min)
    #expect(level.last(of: level.bucket(of: .max)) == .max)
    for bucket in [Int32.min, .max] {
      #expect(level.start(of: bucket) == (bucket < 0 ? .min : .max))
      #expect(level.last(of: bucket) == (bucket < 0 ? .min : .max))
    }
  }

  @Test func neighbouringBucketsMeetWithoutGap() {
    var random = SeededRandom()
    for level in BucketLevel.allCases {
      for _ in 0..<1_000 {
        let time = Int64.random(in: .min...(.max), using: &random)
        let bucket = level.bucket(of: time)
        #expect(level.bucket(of: level.start(of: bucket)) == bucket)
        #expect(level.bucket(of: level.last(of: bucket)) == bucket)
        if level.last(of: bucket) < .max { #expect(level.start(of: bucket + 1) == level.last(of: bucket) + 1) }
        #expect(BucketLevel.day.holder(of: bucket, at: level) == BucketLevel.day.bucket(of: time))
      }
    }
  }

  @Test func plansCoverTheEndsOfTime() throws {
    for step in [1, 7, 10, 60, 90, 360, 1_440, 10_080, TimelinePlan.stepLimit] {
      let plan = try #require(TimelinePlan(from: .min, to: .max, stepMinutes: step))
      #expect(plan.from == .min && plan.to >= .max - 1)
      #expect(plan.minutes.contains(BucketLevel.minute.bucket(of: .min)))
      #expect(plan.days.contains(BucketLevel.day.bucket(of: .max - 1)))
    }
    #expect(TimelinePlan(from: 5, to: 5, stepMinutes: 1) == nil)
    #expect(TimelinePlan(from: 5, to: 6, stepMinutes: 0) == nil)
    #expect(TimelinePlan(from: 5, to: 6, stepMinutes: TimelinePlan.stepLimit + 1) == nil)
  }

  @Test func rangesAreWidenedToWholeSteps() throws {
    let minute = BucketLevel.minute.width
    let plan = try #require(TimelinePlan(from: -1, to: 90 * minute + 1, stepMinutes: 90))
    #expect(plan.from == -90 * minute && plan.to == 180 * minute)
    #expect(plan.level == .minute && plan.buckets == -1..<2 && plan.hours == -2..<3)
    #expect(TimelinePlan(from: 0, to: 1, stepMinutes: 360)?.level == .hour)
    #expect(TimelinePlan(from: 0, to: 1, stepMinutes: 2_880)?.level == .day)
  }

  @Test func bordersThatDoNotRiseAreNoPlan() {
    for borders: [Int32] in [[], [5], [5, 5], [5, 4], [1, 3, 2]] { #expect(TimelinePlan(borders: borders) == nil) }
    let plan = TimelinePlan(borders: [-30, 60, 61])
    #expect(plan?.cutHours == [-1, 1])
    #expect(plan?.hours == -1..<2)
    #expect(plan?.bucket(holding: 60, at: .minute) == 1)
    #expect(plan?.bucket(holding: 59, at: .minute) == 0)
    #expect(plan?.from == -30 * 60_000_000_000)
    #expect(plan?.part(1..<2) == TimelinePlan(borders: [60, 61]))
    #expect(plan?.part(2..<9) == nil)
  }
}
