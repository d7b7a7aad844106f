import ReadModels
import Runtime
import Synchronization

/// The tails of pages that queries met lately, unpacked. From any thread.
final class TailCache: Sendable {
  private struct Entry {
    var chain: TailChain
    var samples: Int
    var usedAt: UInt64
    /// When its end was read, on the monotonic clock.
    var readAt: UInt64
  }

  private struct State {
    var build: BuildKey?
    var pages: [SeriesPage: Entry] = [:]
    var samples = 0
    /// Counts uses.
    var clock: UInt64 = 0
  }

  /// What an entry takes beside its samples, in samples.
  private static let overhead = 16
  private let samplesLimit: Int
  private let state = Mutex(State())

  /// - Parameter samplesLimit: samples that are kept, 17 bytes each; the pages that were not used for longest go first.
  init(samplesLimit: Int) {
    self.samplesLimit = samplesLimit
  }

  /// What one query may unpack whole: a part of the limit, so that what is kept can be used by the next one.
  var samplesPerQueryLimit: Int { samplesLimit / 2 }

  /// Rows behind the end of what is kept are all in the table for so long, folded or not: they were flushed after it was
  /// read, and stand for `TimelineTables.keepFolded` after their fold. Half of that.
  private static let continuationLimit: UInt64 = 30_000_000_000

  /// Per page up to which sequence its tail is kept, if what lies behind can be read on its own; else -1.
  func ends(of pages: [SeriesPage], of build: BuildKey) -> [Int64] {
    let now = MonotonicClock.now
    return state.withLock { state in
      guard state.build == build else { return Array(repeating: -1, count: pages.count) }
      return pages.map { page in
        guard let entry = state.pages[page], now - entry.readAt < Self.continuationLimit else { return -1 }
        return entry.chain.end
      }
    }
  }

  /// Pages that were used lately, as often as any was.
  func recent(limit: Int, of build: BuildKey) -> [SeriesPage] {
    state.withLock { state in
      guard state.build == build, state.pages.count <= Self.recentPagesLimit else { return [] }
      let clock = state.clock
      return state.pages.filter { clock - $0.value.usedAt < Self.recentUses }.prefix(limit).map(\.key)
    }
  }

  private static let recentUses: UInt64 = 200
  private static let recentPagesLimit = 1_024

  func chains(of pages: [SeriesPage], of build: BuildKey) -> [TailChain?] {
    state.withLock { state in
      state.build == build ? pages.map { state.pages[$0]?.chain } : Array(repeating: nil, count: pages.count)
    }
  }

  /// A query asked for these.
  func used(_ pages: [SeriesPage]) {
    state.withLock { state in
      state.clock += 1
      for page in pages { state.pages[page]?.usedAt = state.clock }
    }
  }

  /// Keeps a chain, unless one that goes further is kept.
  /// - Parameter readAt: when the snapshot began in which its end was read.
  func keep(_ chain: TailChain, of page: SeriesPage, of build: BuildKey, readAt: UInt64) {
    let samples = chain.samples + Self.overhead
    guard samples <= samplesLimit else { return }
    state.withLock { state in
      if state.build != build { state = State(build: build) }
      if let known = state.pages[page] {
        if (known.chain.end, known.chain.base) > (chain.end, chain.base) { return }
        state.samples -= known.samples
      }
      state.clock += 1
      state.pages[page] = Entry(chain: chain, samples: samples, usedAt: state.clock, readAt: readAt)
      state.samples += samples
      Self.evict(&state, samplesLimit)
    }
  }

  private static func evict(_ state: inout State, _ limit: Int) {
    while state.samples > limit, let oldest = state.pages.min(by: { $0.value.usedAt < $1.value.usedAt }) {
      state.samples -= oldest.value.samples
      state.pages[oldest.key] = nil
    }
  }

  /// Samples that are kept.
  var samples: Int { state.withLock { $0.samples } }
}
