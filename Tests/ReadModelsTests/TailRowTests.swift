import ReadModels
import TestSupport
import Testing

@Suite struct TailRowTests {
  @Test func rowsResolveToTheSamplesOfTheirOperations() throws {
    var random = SeededRandom()
    for round in 0..<60 {
      let shape = OperationShape(
        count: 1 + round * 12, slots: round % 2 == 0 ? 0...3 : 0...1_023,
        grain: [1, 1_000_000_000, 600_000_000_000].randomElement(using: &random) ?? 1)
      let operations = shape.operations(&random)
      var naive = NaiveSeries()
      for operation in operations { naive.apply(operation) }
      let changes = try TailPacking.changes(TailPacking.rows(operations, &random))
      #expect(Set(changes.keys) == Set(operations.map(\.slot)))
      for (slot, changes) in changes {
        #expect(changes.applied(to: SeriesSamples()) == naive.samples(slot))
      }
    }
  }

  @Test func replacingRemovesWhatWasObservedAndObservingAdds() throws {
    func samples(_ operations: [(ChangeKind, Double)]...) throws -> [Double] {
      let rows = operations.compactMap { flush in
        TailPacking.row(flush.map { SampleOperation(slot: 7, kind: $0.0, time: 5, value: $0.1) })
      }
      return try TailPacking.changes(rows)[7]?.applied(to: SeriesSamples(times: [5], values: [100])).values ?? []
    }
    #expect(try samples([(.replace, 1)]) == [1])
    #expect(try samples([(.replace, 1), (.replace, 2)]) == [2])
    #expect(try samples([(.observe, 1)]) == [1, 100])
    #expect(try samples([(.observe, 2), (.observe, 1), (.observe, 1)]) == [1, 1, 2, 100])
    #expect(try samples([(.observe, 1), (.replace, 2)]) == [2])
    #expect(try samples([(.replace, 2), (.observe, 1)]) == [1, 2])
    #expect(try samples([(.replace, 2), (.observe, 1)], [(.observe, 3)]) == [1, 2, 3])
    #expect(try samples([(.observe, 1)], [(.replace, 2), (.observe, 1)]) == [1, 2])
    #expect(try samples([(.replace, 2), (.observe, 1)], [(.replace, 9)]) == [9])
  }

  @Test func oneSeriesIsReadWithoutTheOthers() throws {
    var random = SeededRandom()
    let operations = OperationShape(count: 6_000, slots: 0...1_023).operations(&random)
    let rows = TailPacking.rows(operations, &random)
    let all = try TailPacking.changes(rows)
    for slots in [[0], [1_023], [5, 6, 700], []] as [[UInt16]] {
      let some = try TailPacking.changes(rows, slots: SlotSet(slots))
      #expect(Set(some.keys) == Set(slots).intersection(all.keys))
      for (slot, changes) in some {
        #expect(changes.samples == all[slot]?.samples && changes.clears == all[slot]?.clears)
      }
    }
  }

  @Test func bytesAreAFunctionOfTheResolvedChanges() {
    var random = SeededRandom()
    // Different times only: then no order of arrival can mean anything.
    let operations = OperationShape(count: 2_000, grain: 1).operations(&random)
    let row = TailPacking.row(operations)
    for _ in 0..<10 { #expect(TailPacking.row(operations.shuffled(using: &random)) == row) }
  }

  @Test func aSingleSampleTakesFewBytes() throws {
    let row = try #require(
      TailPacking.row([SampleOperation(slot: 1, kind: .observe, time: 1_700_000_000_000_000_000, value: 12.5)]))
    #expect(row.count < 40)
  }

  @Test func damagedBytesThrowAndNeverTrap() throws {
    var random = SeededRandom()
    let operations = OperationShape(count: 1_500, slots: 0...200).operations(&random)
    let good = try #require(TailPacking.row(operations))
    for _ in 0..<300 {
      let bad = Damage.damaged(good, &random)
      _ = try? TailPacking.changes([bad])
      _ = try? TailPacking.changes([bad], slots: SlotSet([3, 17]))
    }
    #expect(throws: ReadModelError.self) { try TailPacking.changes([[]]) }
    #expect(throws: ReadModelError.self) { try TailPacking.changes([good + [0]]) }
  }
}
