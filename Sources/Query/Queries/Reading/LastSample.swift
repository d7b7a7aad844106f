import ReadModels

/// The last sample of a series in canonical order.
struct LastSample: Equatable {
  var time: Int64
  var value: Double

  /// The last of packed samples.
  init?(_ samples: SeriesSamples) {
    guard let time = samples.times.last, let value = samples.values.last else { return nil }
    (self.time, self.value) = (time, value)
  }

  init(time: Int64, value: Double) {
    (self.time, self.value) = (time, value)
  }

  /// The last sample of the main part as it is after the tail's changes. Holds as long as changes only add samples, or
  /// put them in the place of others at the same time: then the last time never moves back.
  static func after(_ changes: SeriesChanges, _ main: LastSample?) -> LastSample? {
    guard let clears = changes.clears.last, let change = LastSample(changes.samples) else { return main }
    guard let main, main.time >= change.time else { return change }
    if main.time > change.time { return main }
    if clears { return change }
    return CanonicalOrder.precedes(main.time, main.value, change.time, change.value) ? change : main
  }
}
