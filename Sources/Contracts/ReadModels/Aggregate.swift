/// What a bucket says about its samples. NaN samples count in none of it; infinities follow IEEE 754.
///
/// It is a function of the bucket's samples alone, to the bit: a minute adds its samples in canonical order
/// (`CanonicalOrder`), beginning with the first value itself; an hour appends its minutes, a day its hours, a longer or
/// odd step the largest of these that divide it, always in the order of time. So splitting a bucket, or the way in which
/// its samples arrived, changes nothing.
///
/// With `count` 0 every other property is 0 and means nothing: a row stores null for them.
package struct Aggregate: Sendable {
  /// Samples that are not NaN.
  package var count: Int64
  /// Never a NaN other than `Aggregate.nan`, which infinities of both signs give.
  package var sum: Double
  package var min: Double
  package var max: Double
  /// The value of the first sample in canonical order, and its time in nanoseconds since 1970.
  package var first: Double
  package var firstAt: Int64
  /// The value of the last sample in canonical order, and its time in nanoseconds since 1970.
  package var last: Double
  package var lastAt: Int64

  /// The one NaN that a sum may be: which NaN an addition gives is the processor's choice.
  package static let nan = Double(bitPattern: 0x7ff8_0000_0000_0000)

  package static let empty = Aggregate(
    count: 0, sum: 0, min: 0, max: 0, first: 0, firstAt: 0, last: 0, lastAt: 0)

  @inlinable
  package init(
    count: Int64, sum: Double, min: Double, max: Double, first: Double, firstAt: Int64, last: Double, lastAt: Int64
  ) {
    self.count = count
    self.sum = sum
    self.min = min
    self.max = max
    self.first = first
    self.firstAt = firstAt
    self.last = last
    self.lastAt = lastAt
  }

  package var isEmpty: Bool { count == 0 }

  /// The mean of the samples; nil when there are none.
  package var average: Double? { count == 0 ? nil : sum / Double(count) }

  /// Adds the next sample of a minute. Samples come in canonical order.
  @inlinable
  package mutating func add(time: Int64, value: Double) {
    guard value == value else { return }
    guard count != 0 else {
      self = Aggregate(
        count: 1, sum: value, min: value, max: value, first: value, firstAt: time, last: value, lastAt: time)
      return
    }
    count &+= 1
    addToSum(value)
    if value < min { min = value }
    if value > max { max = value }
    last = value
    lastAt = time
  }

  /// Appends a bucket of the same series that lies after everything in this one.
  @inlinable
  package mutating func append(_ later: Aggregate) {
    guard later.count != 0 else { return }
    guard count != 0 else {
      self = later
      return
    }
    count &+= later.count
    addToSum(later.sum)
    if later.min < min { min = later.min }
    if later.max > max { max = later.max }
    last = later.last
    lastAt = later.lastAt
  }

  /// Merges the same bucket of another series. The sum depends on the order to the last bits: merge by rising series id.
  /// Of first samples at one time the smaller value is the first, of last ones the larger the last.
  @inlinable
  package mutating func merge(_ other: Aggregate) {
    guard other.count != 0 else { return }
    guard count != 0 else {
      self = other
      return
    }
    count &+= other.count
    addToSum(other.sum)
    if other.min < min { min = other.min }
    if other.max > max { max = other.max }
    if CanonicalOrder.precedes(other.firstAt, other.first, firstAt, first) {
      first = other.first
      firstAt = other.firstAt
    }
    if CanonicalOrder.precedes(lastAt, last, other.lastAt, other.last) {
      last = other.last
      lastAt = other.lastAt
    }
  }

  @inlinable
  package mutating func addToSum(_ value: Double) {
    sum += value
    if sum != sum { sum = Aggregate.nan }
  }
}

/// Equality is that of bits: -0.0 differs from 0.0 and a NaN equals itself, because rows are compared by their bytes.
extension Aggregate: Hashable {
  package static func == (left: Aggregate, right: Aggregate) -> Bool {
    left.count == right.count && left.firstAt == right.firstAt && left.lastAt == right.lastAt
      && left.sum.bitPattern == right.sum.bitPattern && left.min.bitPattern == right.min.bitPattern
      && left.max.bitPattern == right.max.bitPattern && left.first.bitPattern == right.first.bitPattern
      && left.last.bitPattern == right.last.bitPattern
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(sum.bitPattern)
    hasher.combine(firstAt)
    hasher.combine(lastAt)
  }
}
