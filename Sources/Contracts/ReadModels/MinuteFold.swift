/// From samples to minutes: the lowest of the folds, under every other number.
package enum MinuteFold {
  /// The aggregate of samples that are all in one minute.
  package static func aggregate(_ samples: SeriesSamples, in range: Range<Int>) -> Aggregate {
    var aggregate = Aggregate.empty
    samples.times.withUnsafeBufferPointer { times in
      samples.values.withUnsafeBufferPointer { values in
        for index in range { aggregate.add(time: times[index], value: values[index]) }
      }
    }
    return aggregate
  }

  /// The aggregate of the samples `start ..< end`, which are in canonical order and all in one minute; there is one at
  /// least. The same as adding them one by one.
  ///
  /// Hot: every sample of a query that reads samples passes here. Without a branch in the loop: a NaN among them, and
  /// infinities of both signs, make the sum a NaN, and then they are added one by one.
  @inline(__always)
  static func aggregate(
    _ times: UnsafePointer<Int64>, _ values: UnsafePointer<Double>, _ start: Int, _ end: Int
  ) -> Aggregate {
    let first = values[start]
    var (sum, least, greatest) = (first, first, first)
    var index = start &+ 1
    while index < end {
      let value = values[index]
      sum += value
      least = value < least ? value : least
      greatest = value > greatest ? value : greatest
      index &+= 1
    }
    guard sum == sum else { return aggregateOneByOne(times, values, start, end) }
    return Aggregate(
      count: Int64(end &- start), sum: sum, min: least, max: greatest, first: first, firstAt: times[start],
      last: values[end &- 1], lastAt: times[end &- 1])
  }

  @inline(never)
  private static func aggregateOneByOne(
    _ times: UnsafePointer<Int64>, _ values: UnsafePointer<Double>, _ start: Int, _ end: Int
  ) -> Aggregate {
    var aggregate = Aggregate.empty
    for index in start..<end { aggregate.add(time: times[index], value: values[index]) }
    return aggregate
  }

  /// Calls `body` for each minute that has samples, rising, with the indexes of these.
  package static func forEachMinute<E: Error>(
    of samples: SeriesSamples, _ body: (_ minute: Int32, _ range: Range<Int>) throws(E) -> Void
  ) throws(E) {
    var start = 0
    while start < samples.count {
      let minute = BucketLevel.minute.bucket(of: samples.times[start])
      let last = BucketLevel.minute.last(of: minute)
      var end = start + 1
      while end < samples.count, samples.times[end] <= last { end += 1 }
      try body(minute, start..<end)
      start = end
    }
  }

  /// The minutes of samples as rows, without the samples themselves.
  package static func rows(of samples: SeriesSamples) -> [BucketRow] {
    var rows: [BucketRow] = []
    forEachMinute(of: samples) { minute, range in
      rows.append(
        BucketRow(bucket: minute, stored: Int64(range.count), aggregate: aggregate(samples, in: range)))
    }
    return rows
  }
}
