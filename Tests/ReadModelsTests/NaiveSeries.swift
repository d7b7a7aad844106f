import ReadModels

/// The rules in the plainest form: per series and time a list of values.
struct NaiveSeries {
  private(set) var values: [UInt16: [Int64: [Double]]] = [:]

  mutating func apply(_ operation: SampleOperation) {
    switch operation.kind {
    case .replace: values[operation.slot, default: [:]][operation.time] = [operation.value]
    case .observe: values[operation.slot, default: [:]][operation.time, default: []].append(operation.value)
    }
  }

  func samples(_ slot: UInt16) -> SeriesSamples {
    var samples = SeriesSamples()
    for (time, values) in (values[slot] ?? [:]).sorted(by: { $0.key < $1.key }) {
      for value in values.sorted(by: { $0.isTotallyOrdered(belowOrEqualTo: $1) && !sameBits($0, $1) }) {
        samples.append(time: time, value: value)
      }
    }
    return samples
  }

  /// The aggregate of samples over buckets of a number of minutes, written down from the rules.
  static func buckets(_ samples: SeriesSamples, stepMinutes: Int64) -> [Int64: (stored: Int64, aggregate: Aggregate)] {
    var minutes: [Int64: (stored: Int64, aggregate: Aggregate)] = [:]
    for (time, value) in zip(samples.times, samples.values) {
      let minute = floor(time, 60_000_000_000)
      var bucket = minutes[minute] ?? (0, .empty)
      bucket.stored += 1
      bucket.aggregate.add(time: time, value: value)
      minutes[minute] = bucket
    }
    if stepMinutes % 60 != 0 { return join(minutes, stepMinutes) }
    let hours = join(minutes, 60)
    if stepMinutes % 1_440 != 0 { return join(hours, stepMinutes / 60) }
    return join(join(hours, 24), stepMinutes / 1_440)
  }

  /// Buckets between borders (minutes since 1970): whole hours, and minutes of hours that a border cuts, added in order.
  static func buckets(_ samples: SeriesSamples, borders: [Int32]) -> [Int64: (stored: Int64, aggregate: Aggregate)] {
    let cut = Set(borders.filter { $0 % 60 != 0 }.map { floor(Int64($0), 60) })
    var parts: [(minute: Int64, stored: Int64, aggregate: Aggregate)] = []
    for (hour, part) in buckets(samples, stepMinutes: 60) where !cut.contains(hour) {
      parts.append((hour * 60, part.stored, part.aggregate))
    }
    for (minute, part) in buckets(samples, stepMinutes: 1) where cut.contains(floor(minute, 60)) {
      parts.append((minute, part.stored, part.aggregate))
    }
    var joined: [Int64: (stored: Int64, aggregate: Aggregate)] = [:]
    for part in parts.sorted(by: { $0.minute < $1.minute }) {
      let bucket = Int64(borders.filter { Int64($0) <= part.minute }.count - 1)
      guard bucket >= 0, bucket < borders.count - 1 else { continue }
      var whole = joined[bucket] ?? (0, .empty)
      whole.stored += part.stored
      whole.aggregate.append(part.aggregate)
      joined[bucket] = whole
    }
    return joined
  }

  private static func join(
    _ parts: [Int64: (stored: Int64, aggregate: Aggregate)], _ width: Int64
  ) -> [Int64: (stored: Int64, aggregate: Aggregate)] {
    var joined: [Int64: (stored: Int64, aggregate: Aggregate)] = [:]
    for (bucket, part) in parts.sorted(by: { $0.key < $1.key }) {
      var whole = joined[floor(bucket, width)] ?? (0, .empty)
      whole.stored += part.stored
      whole.aggregate.append(part.aggregate)
      joined[floor(bucket, width)] = whole
    }
    return joined
  }

  static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
  }

  private func sameBits(_ left: Double, _ right: Double) -> Bool { left.bitPattern == right.bitPattern }
}
