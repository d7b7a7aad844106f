/// How much is read at once on the way to samples: all of it will be wanted, or perhaps little.
struct SamplesPace {
  /// Ranges of at most so many hours are read for several series at once.
  let hoursAtOnce: Int
  let seriesAtOnce: Int
  /// Rows of the first fetch of a series over a longer range; each further one takes four times as many.
  let firstRows: Int
  let rowsLimit: Int

  /// For all samples there are.
  static func whole(_ limits: QueryLimits) -> SamplesPace {
    SamplesPace(
      hoursAtOnce: limits.rowsPerFetch, seriesAtOnce: .max, firstRows: limits.rowsPerFetch,
      rowsLimit: limits.rowsPerFetch)
  }

  /// For a page of `limit` samples.
  static func page(limit: Int, _ limits: QueryLimits) -> SamplesPace {
    SamplesPace(
      hoursAtOnce: min(24, limits.rowsPerFetch), seriesAtOnce: limit, firstRows: min(8, limits.rowsPerFetch),
      rowsLimit: limits.rowsPerFetch)
  }
}
