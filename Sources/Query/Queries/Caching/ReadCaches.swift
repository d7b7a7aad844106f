import Runtime
import Synchronization

/// What the workers keep of the read store between queries. Nothing in it is ever believed by itself: each query asks the
/// store, in its own snapshot, for the positions by which it can tell what still holds, and reads the rest. Each has a
/// limit. From any thread.
final class ReadCaches: Sendable {
  let catalogue: CatalogueCache
  let tails: TailCache
  let rows: RowCache
  let labels: SeriesLabelCache
  let zones = KnownZones()
  let news = ReadNews()

  private struct Confirmed {
    var progress: ReadProgress
    /// `news.count` before it was read; nil: nobody listened.
    var news: UInt64?
    /// When it was read, on the monotonic clock.
    var at: UInt64
  }

  private let state = Mutex<Confirmed?>(nil)

  /// For how long nothing new may be believed because nothing was heard: a notification can be lost, and switching a build
  /// notifies nobody.
  private static let confirmationLimit: UInt64 = 250_000_000

  init(_ limits: QueryLimits) {
    catalogue = CatalogueCache(bytesLimit: limits.cachedCatalogueBytesLimit)
    tails = TailCache(samplesLimit: limits.cachedTailSamplesLimit)
    rows = RowCache(bytesLimit: limits.cachedRowsBytesLimit)
    labels = SeriesLabelCache(limit: limits.cachedSeriesLimit)
  }

  /// The progress that was read last.
  var lastProgress: ReadProgress? { state.withLock { $0?.progress } }

  /// What a snapshot that begins now would read, as far as is known here: nothing was flushed since it was read, or the
  /// store's notification of it, which follows the commit, is on its way still. Nil where that is not known.
  var confirmed: ReadProgress? {
    let count = news.count
    return state.withLock { state in
      guard let state, let count, state.news == count, MonotonicClock.now - state.at < Self.confirmationLimit
      else { return nil }
      return state.progress
    }
  }

  /// A snapshot that was begun after `news.count` was `news` has this progress. What is known never goes back.
  func confirm(_ progress: ReadProgress, since news: UInt64?) {
    let now = MonotonicClock.now
    state.withLock { state in
      if let known = state, known.progress.isBeyond(progress) { return }
      state = Confirmed(progress: progress, news: news, at: now)
    }
  }
}

extension ReadProgress {
  /// Whether it is of the same builds and further than another.
  fileprivate func isBeyond(_ other: ReadProgress) -> Bool {
    timeline.key == other.timeline.key && catalogue.key == other.catalogue.key
      && (timeline.positions != other.timeline.positions || catalogue.positions != other.catalogue.positions)
      && zip(timeline.positions, other.timeline.positions).allSatisfy { $0 >= $1 }
      && zip(catalogue.positions, other.catalogue.positions).allSatisfy { $0 >= $1 }
  }
}
