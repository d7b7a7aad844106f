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
