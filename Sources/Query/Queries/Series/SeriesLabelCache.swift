import Events
import Synchronization

/// The labels of series that queries met lately. A series never changes, so nothing here goes stale; only another store, or
/// a restored one, gives ids a new meaning. From any thread.
final class SeriesLabelCache: Sendable {
  private struct State {
    var store: StoreIdentity?
    var labels: [SeriesID: SeriesLabels] = [:]
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: series that are kept; when there would be more all are dropped.
  init(limit: Int) {
    self.limit = limit
  }

  /// Those of `series` that are known, and the others.
  func look(up series: [SeriesID], of store: StoreIdentity) -> (known: [SeriesID: SeriesLabels], unknown: [SeriesID]) {
    state.withLock { state in
      guard state.store == store else { return ([:], series) }
      var known: [SeriesID: SeriesLabels] = [:]
      known.reserveCapacity(series.count)
      var unknown: [SeriesID] = []
      for id in series {
        if let labels = state.labels[id] { known[id] = labels } else { unknown.append(id) }
      }
      return (known, unknown)
    }
  }

  func add(_ labels: [SeriesID: SeriesLabels], of store: StoreIdentity) {
    state.withLock { state in
      if state.store != store || state.labels.count + labels.count > limit { state.labels = [:] }
      state.store = store
      guard labels.count <= limit else { return }
      state.labels.merge(labels) { _, new in new }
    }
  }
}
