import ReadModels
import TestSupport
import Testing

@Suite struct ResolvedChangesTests {
  private static let existing = SeriesSamples(
    times: [-1_000_000_000, 0, 0, 1_000_000_000, 5_000_000_000], values: [1, -2, 2, 3, .infinity])

  private func resolved(_ operations: some Sequence<SampleOperation>) -> ResolvedChanges {
    var page = PageChanges()
    for operation in operations {
      page.append(slot: operation.slot, kind: operation.kind, time: operation.time, value: operation.value)
    }
    return ResolvedChanges(page)
  }

  @Test func theyAreTheChangesOfEachSeries() throws {
    var random = SeededRandom()
    for _ in 0..<40 {
      let shape = OperationShape(count: .random(in: 0...400, using: &random), slots: 0...40)
      let operations = shape.operations(&random)
      let changes = resolved(operations)
      var page = PageChanges()
      for operation in operations {
        page.append(slot: operation.slot, kind: operation.kind, time: operation.time, value: operation.value)
      }
      var slots: [UInt16] = []
      page.forEachSeries { slot, expected in
        slots.append(slot)
        let actual = changes.changes(of: slot)
        #expect(actual?.samples == expected.samples)
        #expect(actual?.clears == expected.clears)
      }
      #expect(changes.slots == slots)
      #expect(changes.changes(of: 1_000) == nil)
      #expect(changes.firstAt == operations.map(\.time).min() ?? .max)
      #expect(changes.lastAt == operations.map(\.time).max() ?? .min)
    }
  }

  /// Few times, so that both stretches meet there in every way.
  @Test func oneAfterTheOtherIsTheSameAsBothTogether() throws {
    var random = SeededRandom()
    for _ in 0..<200 {
      let shape = OperationShape(
        count: .random(in: 0...60, using: &random), slots: 0...2, times: -2_000_000_000...6_000_000_000)
      let operations = shape.operations(&random)
      let cut = Int.random(in: 0...operations.count, using: &random)
      let first = resolved(operations[..<cut])
      let second = resolved(operations[cut...])
      let both = first.followed(by: second)
      #expect(both.slots == Set(first.slots + second.slots).sorted())
      for slot in both.slots {
        let afterFirst = first.changes(of: slot)?.applied(to: Self.existing) ?? Self.existing
        let expected = second.changes(of: slot)?.applied(to: afterFirst) ?? afterFirst
        #expect(both.changes(of: slot)?.applied(to: Self.existing) == expected)
      }
    }
  }

  /// In half of the rounds the times of one stretch lie behind those of the one before, as they mostly do.
  @Test func whatSeveralDoToASeriesIsWhatEachDoesInTurn() throws {
    var random = SeededRandom()
    var joined = 0
    for round in 0..<200 {
      let stretches = (0..<Int.random(in: 1...4, using: &random)).map { number in
        let first: Int64 = round % 2 == 0 ? -2_000_000_000 : Int64(number) * 3_000_000_000
        let shape = OperationShape(
          count: .random(in: 0...40, using: &random), slots: 0...2, times: first...(first + 2_000_000_000))
        return resolved(shape.operations(&random))
      }
      for slot: UInt16 in 0...3 {
        let touching = stretches.compactMap { $0.changes(of: slot) }
        let expected = touching.reduce(Self.existing) { $1.applied(to: $0) }
        let actual = ResolvedChanges.changes(of: slot, in: stretches)
        #expect((actual == nil) == touching.isEmpty)
        #expect((actual?.applied(to: Self.existing) ?? Self.existing) == expected)
        if touching.count > 1 { joined += 1 }
      }
    }
    #expect(joined > 100, "the test shows nothing")
  }

  @Test func aRangeBesideAllTimesIsNotTouched() {
    let changes = resolved([SampleOperation(slot: 3, kind: .replace, time: 10, value: 1)])
    #expect(changes.mayTouch(10...10))
    #expect(!changes.mayTouch(11...20))
    #expect(!changes.mayTouch(0...9))
    #expect(!resolved([]).mayTouch(.min ... .max))
  }
}
