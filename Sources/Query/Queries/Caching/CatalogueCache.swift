import Synchronization

/// The series of metrics that were asked for lately, by the build of the catalogue they were read from. Whether one is
/// still right is for `MetricSeries.isCurrent` to say, in the snapshot of each query. From any thread.
final class CatalogueCache: Sendable {
  private struct Entry {
    let series: MetricSeries
    /// Positions of the build, per shard, at which these are all series of the metric.
    var confirmedAt: [Int64]
  }

  private struct State {
    var build: BuildKey?
    /// By the bytes of the metric's name.
    var metrics: [[UInt8]: Entry] = [:]
    var bytes = 0
  }

  private let bytesLimit: Int
  private let state = Mutex(State())

  /// - Parameter bytesLimit: what is kept takes about so much memory; when it would be more all is dropped, and a metric
  ///   that is larger by itself is not kept.
  init(bytesLimit: Int) {
    self.bytesLimit = bytesLimit
  }

  func metric(_ name: String, of build: BuildKey) -> MetricSeries? {
    state.withLock { $0.build == build ? $0.metrics[Array(name.utf8)]?.series : nil }
  }

  /// The series of a metric that are known to be all at these positions of the build.
  func metric(_ name: String, of build: BuildKey, confirmedAt positions: [Int64]) -> MetricSeries? {
    state.withLock { state in
      guard state.build == build, let entry = state.metrics[Array(name.utf8)], entry.confirmedAt == positions
      else { return nil }
      return entry.series
    }
  }

  /// What is kept of a metric was found to be all there is, at these positions.
  func confirm(_ name: String, of build: BuildKey, at positions: [Int64]) {
    state.withLock { state in
      guard state.build == build else { return }
      state.metrics[Array(name.utf8)]?.confirmedAt = positions
    }
  }

  /// Keeps a metric's series. What was read at lower positions never takes the place of what was read at higher ones.
  func keep(_ series: MetricSeries, as name: String, of build: BuildKey) {
    guard series.bytes <= bytesLimit else { return }
    let key = Array(name.utf8)
    state.withLock { state in
      if state.build != build { state = State(build: build) }
      if let known = state.metrics[key] {
        guard known.series.positions.reduce(0, +) <= series.positions.reduce(0, +) else { return }
        state.bytes -= known.series.bytes
      }
      if state.bytes + series.bytes > bytesLimit { state = State(build: build) }
      state.metrics[key] = Entry(series: series, confirmedAt: series.positions)
      state.bytes += series.bytes
    }
  }

  /// What is kept takes, about.
  var bytes: Int { state.withLock { $0.bytes } }
}
