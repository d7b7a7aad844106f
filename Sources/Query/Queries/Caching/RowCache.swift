import ReadModels
import Synchronization

/// Rows of the main part that queries met lately, by page. From any thread.
final class RowCache: Sendable {
  private struct Entry {
    var page: CachedPage
    var usedAt: UInt64
  }

  private struct State {
    var build: BuildKey?
    var pages: [SeriesPage: Entry] = [:]
    var bytes = 0
    /// Counts uses.
    var clock: UInt64 = 0
  }

  private let bytesLimit: Int
  private let state = Mutex(State())

  /// - Parameter bytesLimit: about what is kept takes; the pages that were not used for longest go first.
  init(bytesLimit: Int) {
    self.bytesLimit = bytesLimit
  }

  /// What one query may add: the rest of what is kept stays.
  var bytesPerQueryLimit: Int { bytesLimit / 4 }

  /// What is kept of these pages as they are with their tails folded up to the sequences given.
  func pages(_ wanted: [(page: SeriesPage, folded: Int64)], of build: BuildKey) -> [SeriesPage: CachedPage] {
    state.withLock { state in
      guard state.build == build else { return [:] }
      state.clock += 1
      var found: [SeriesPage: CachedPage] = [:]
      for (page, folded) in wanted {
        guard let entry = state.pages[page], entry.page.folded == folded else { continue }
        state.pages[page]?.usedAt = state.clock
        found[page] = entry.page
      }
      return found
    }
  }

  /// Up to which sequence a page's tail is folded where its rows are kept.
  func folded(_ page: SeriesPage, of build: BuildKey) -> Int64? {
    state.withLock { $0.build == build ? $0.pages[page]?.page.folded : nil }
  }

  /// The tail of a page is folded up to `folded` now: what is kept of its rows is taken along where the chain has all that
  /// was folded since.
  func follow(_ page: SeriesPage, to folded: Int64, over chain: TailChain, of build: BuildKey) {
    let known = state.withLock { $0.build == build ? $0.pages[page]?.page : nil }
    guard let known, known.folded < folded,
      let stretches = chain.stretches(from: known.folded, through: folded)
    else { return }
    let after = known.folded(to: folded, over: stretches)
    state.withLock { state in
      guard state.build == build, state.pages[page]?.page === known else { return }
      state.bytes += after.bytes - known.bytes
      state.pages[page]?.page = after
    }
  }

  /// Adds rows to a page as it is with its tail folded up to `folded`, and returns what is kept of that now. Rows of an
  /// earlier fold than the one that is kept are not.
  func add(
    _ rows: [(slot: UInt16, rows: SeriesRows)], of kind: RowKind, to page: SeriesPage, folded: Int64,
    of build: BuildKey
  ) {
    state.withLock { state in
      if state.build != build { state = State(build: build) }
      let known = state.pages[page]?.page
      if let known, known.folded > folded { return }
      let before = known.flatMap { $0.folded == folded ? $0 : nil } ?? CachedPage(folded: folded)
      let after = before.with(rows, of: kind)
      state.clock += 1
      state.bytes += after.bytes - (known?.bytes ?? 0)
      state.pages[page] = Entry(page: after, usedAt: state.clock)
      Self.evict(&state, bytesLimit)
    }
  }

  private static func evict(_ state: inout State, _ limit: Int) {
    while state.bytes > limit, let oldest = state.pages.min(by: { $0.value.usedAt < $1.value.usedAt }) {
      state.bytes -= oldest.value.page.bytes
      state.pages[oldest.key] = nil
    }
  }

  /// What is kept takes, about.
  var bytes: Int { state.withLock { $0.bytes } }
}
