import ReadModels
import Testing

@Suite struct AggregateTests {
  @Test func nanCountsInNothing() {
    var aggregate = Aggregate.empty
    aggregate.add(time: 1, value: .nan)
    #expect(aggregate == .empty && aggregate.average == nil)
    aggregate.add(time: 2, value: 5)
    aggregate.add(time: 3, value: .nan)
    #expect(aggregate.count == 1 && aggregate.last == 5 && aggregate.lastAt == 2 && aggregate.firstAt == 2)
  }

  @Test func sumsBeginWithTheFirstValueItself() {
    var aggregate = Aggregate.empty
    aggregate.add(time: 1, value: -0.0)
    #expect(aggregate.sum.bitPattern == (-0.0).bitPattern)
  }

  @Test func infinitiesOfBothSignsGiveOneNaN() {
    var aggregate = Aggregate.empty
    aggregate.add(time: 1, value: .infinity)
    aggregate.add(time: 2, value: -.infinity)
    #expect(aggregate.sum.bitPattern == 0x7ff8_0000_0000_0000)
    aggregate.add(time: 3, value: 1)
    var other = Aggregate.empty
    other.append(aggregate)
    other.append(aggregate)
    #expect(other.sum.bitPattern == 0x7ff8_0000_0000_0000)
    #expect(other.min == -.infinity && other.max == .infinity)
  }

  @Test func mergedSeriesTakeTheEarliestAndTheLatestSample() {
    var left = Aggregate.empty
    left.add(time: 10, value: 1)
    left.add(time: 20, value: 2)
    var right = Aggregate.empty
    right.add(time: 10, value: -1)
    right.add(time: 20, value: 7)
    var merged = left
    merged.merge(right)
    var swapped = right
    swapped.merge(left)
    #expect(merged == swapped)
    #expect(merged.first == -1 && merged.last == 7 && merged.count == 4 && merged.sum == 9)
  }

  @Test func orderOfValuesIsThatOfIEEE754() {
    let rising: [Double] = [
      -.nan, -.infinity, -1, -.leastNonzeroMagnitude, -0.0, 0.0, .leastNonzeroMagnitude, 1, .infinity, .nan,
    ]
    for (left, right) in zip(rising, rising.dropFirst()) {
      #expect(CanonicalOrder.key(left) < CanonicalOrder.key(right))
      #expect(left.isTotallyOrdered(belowOrEqualTo: right))
    }
  }
}
