package import Events
import Postgres
import ReadModels
import Runtime

/// One REPEATABLE READ snapshot of the read store for one query: everything read here fits together, whatever is flushed
/// or folded meanwhile. Belongs to the worker that made it; blocks.
///
/// What the caches have is used only where the snapshot itself says that it holds: `MetricSeries`, `TailChain` and
/// `CachedPage` say by which positions, and these are read here. So an answer is the one that the snapshot alone would give.
package final class ReadSnapshot {
  package let progress: ReadProgress
  package let limits: QueryLimits
  let caches: ReadCaches
  /// Nil: only what is in memory can be asked for.
  private let connection: PostgresConnection?
  /// Before the snapshot was taken, on the monotonic clock.
  let beganAt = MonotonicClock.now
  private let deadline: UInt64
  /// When the server was last told how long a statement may take.
  private var limitedAt: UInt64
  /// The series that were guessed from the cache, where the guess may hold.
  private(set) var guess: SelectedSeries?
  /// How many series the catalogue counts of metrics; nil: it has no such metric.
  private var seriesCounts: [(metric: String, count: Int64?)] = []
  private var pageTails: [SeriesPage: PageTail] = [:]
  /// What this query may still add to the caches.
  private var samplesToUnpack: Int
  private var rowBytesToKeep: Int
  /// What it may still cost where there is no connection; see `charge`.
  private var costLeft = Int.max

  /// Begins the transaction and reads builds, progress and what the query is likely to ask first, in one round trip.
  /// Whoever lent the connection rolls back.
  /// - Parameters:
  ///   - selector: the series that will be asked for; nil: none, or not known.
  ///   - deadline: on the monotonic clock; the query may take until then.
  init(
    _ connection: PostgresConnection, limits: QueryLimits, caches: ReadCaches, selector: SeriesSelector? = nil,
    deadline: UInt64
  ) throws(ReadFailure) {
    self.connection = connection
    self.caches = caches
    self.limits = limits
    self.deadline = deadline
    samplesToUnpack = caches.tails.samplesPerQueryLimit
    rowBytesToKeep = caches.rows.bytesPerQueryLimit
    limitedAt = MonotonicClock.now
    let hint = selector.flatMap { SnapshotHint($0, caches) }
    let news = caches.news.count
    let results = try Self.begin(connection, hint, try Self.newLimit(until: deadline, limits))
    let builds = try ReadFailure.ofStore { () throws(PostgresError) in try BuildList.read(results.builds) }
    do {
      progress = try ReadProgress(builds)
    } catch {
      throw .query(error)
    }
    caches.confirm(progress, since: news)
    if let hint, hint.fits(progress) { try take(hint, results) }
  }

  /// A snapshot that was read before, answered from memory: `ReadCaches.confirmed` says when there is one. What is not there
  /// throws `notInMemory`.
  /// - Parameter costLimit: see `charge`.
  init?(
    inMemory caches: ReadCaches, selector: SeriesSelector, limits: QueryLimits, costLimit: Int, deadline: UInt64
  ) {
    guard let progress = caches.confirmed else { return nil }
    let build = progress.catalogue
    guard
      let metric = caches.catalogue.metric(selector.name, of: build.key, confirmedAt: build.positions)
    else { return nil }
    let selected = SelectedSeries(metric, metric.places(selector.labels))
    guard selected.ids.count < costLimit else { return nil }
    self.progress = progress
    self.caches = caches
    self.limits = limits
    self.deadline = deadline
    connection = nil
    limitedAt = 0
    samplesToUnpack = 0
    rowBytesToKeep = 0
    costLeft = costLimit
    guess = selected
  }

  private typealias Beginning = (builds: PostgresResult, count: PostgresResult?, tails: PostgresResult?)

  /// - Parameter limit: for `settings`; nil: the session's own limit is right.
  private static func begin(
    _ connection: PostgresConnection, _ hint: SnapshotHint?, _ limit: PostgresParameters?
  ) throws(ReadFailure) -> Beginning {
    let asksForTails = hint.map { !$0.pages.isEmpty } ?? false
    let results = try ReadFailure.ofStore { () throws(PostgresError) in
      try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(Self.beginning)
        if let limit { try pipeline.add(Self.settings, limit) }
        try pipeline.add(BuildList.active)
        guard let hint else { return }
        try pipeline.add(
          CatalogueReader.countStatement(hint.catalogue.schema), CatalogueReader.countParameters(hint.metric))
        guard asksForTails else { return }
        try pipeline.add(
          PageTailRows.statement(hint.timeline.schema), PageTailRows.parameters(hint.pages, known: hint.known))
      }
    }
    let first = limit == nil ? 1 : 2
    return (
      results[first], hint == nil ? nil : results[first + 1], asksForTails ? results[first + 2] : nil
    )
  }

  private func take(_ hint: SnapshotHint, _ results: Beginning) throws(ReadFailure) {
    if let rows = results.count {
      let count = try ReadFailure.ofStore { () throws(PostgresError) in try CatalogueReader.count(rows) }
      seriesCounts.append((hint.metric, count))
      if let metric = hint.selected?.metric, let count,
        metric.isCurrent(at: progress.catalogue.positions, count: count)
      {
        guess = hint.selected
        caches.catalogue.confirm(hint.metric, of: progress.catalogue.key, at: progress.catalogue.positions)
      }
    }
    if let rows = results.tails { pageTails = try TailReader(snapshot: self).take(rows, hint.pages, known: hint.known) }
  }

  package var store: StoreIdentity { progress.store }

  /// How many series the catalogue has of a metric; nil: there is no such metric.
  func seriesCount(of metric: String) throws(ReadFailure) -> Int64? {
    if let known = seriesCounts.first(where: { $0.metric.utf8.elementsEqual(metric.utf8) }) { return known.count }
    let rows = try query(
      CatalogueReader.countStatement(progress.catalogue.schema), CatalogueReader.countParameters(metric))
    let count = try ReadFailure.ofStore { () throws(PostgresError) in try CatalogueReader.count(rows) }
    seriesCounts.append((metric, count))
    return count
  }

  /// The tails of pages, each page once; read once.
  func tails(of pages: [SeriesPage]) throws(ReadFailure) -> [SeriesPage: PageTail] {
    let missing = pages.filter { [pageTails] in pageTails[$0] == nil }
    if connection == nil {
      for page in missing { pageTails[page] = try tailInMemory(of: page) }
    } else if !missing.isEmpty {
      pageTails.merge(try TailReader(snapshot: self).read(missing)) { $1 }
    }
    caches.tails.used(pages)
    return pageTails
  }

  /// The tail of a page as it is at the snapshot's position, whether the page was folded since or not: an answer is the same
  /// before and after a fold. So the rows that are kept with the fold that they belong to will do.
  private func tailInMemory(of page: SeriesPage) throws(ReadFailure) -> PageTail {
    let build = progress.timeline
    let position = build.position(of: page)
    guard let chain = caches.tails.chains(of: [page], of: build.key)[0],
      let folded = caches.rows.folded(page, of: build.key), folded <= position,
      let part = chain.usable(folded: folded, position: position), part.end >= position
    else { throw .notInMemory }
    return PageTail(folded: folded, chain: part, packed: [])
  }

  /// Counts what reading from memory costs, in rows without samples (some 20 ns each): where there is no connection the
  /// thread has other things to do.
  func charge(_ cost: Int) throws(ReadFailure) {
    guard connection == nil else { return }
    costLeft -= min(costLeft, cost)
    if costLeft == 0 { throw .notInMemory }
  }

  /// Whether so many samples of the tail may be unpacked whole; takes them off what is left.
  func mayUnpack(_ samples: Int) -> Bool {
    guard samples <= samplesToUnpack else { return false }
    samplesToUnpack -= samples
    return true
  }

  /// Whether rows of so many bytes may be kept; takes them off what is left.
  func mayKeep(rowBytes: Int) -> Bool {
    guard rowBytes <= rowBytesToKeep else { return false }
    rowBytesToKeep -= rowBytes
    return true
  }

  /// Runs one statement within what is left of the query's time, give or take a second.
  func query(
    _ statement: PostgresStatement, _ parameters: PostgresParameters = .none
  ) throws(ReadFailure) -> PostgresResult {
    guard let connection else { throw .notInMemory }
    let limit = try Self.statementLimit(until: deadline, limits)
    let now = MonotonicClock.now
    guard now - limitedAt > 1_000_000_000 else {
      return try ReadFailure.ofStore { () throws(PostgresError) in try connection.query(statement, parameters) }
    }
    limitedAt = now
    return try ReadFailure.ofStore { () throws(PostgresError) in
      try Self.last(
        try connection.pipeline { (pipeline) throws(PostgresError) in
          try pipeline.add(Self.settings, limit)
          try pipeline.add(statement, parameters)
        })
    }
  }

  /// To be asked between the steps of a long computation.
  package func checkTime() throws(ReadFailure) {
    if MonotonicClock.now >= deadline { throw .query(.timeLimit(limits.timeLimit)) }
  }

  private static func last(_ results: [PostgresResult]) throws(PostgresError) -> PostgresResult {
    guard let last = results.last else { throw PostgresError("run a pipeline", message: "no result") }
    return last
  }

  private static let beginning = PostgresStatement("begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

  /// How long a statement may take, for this transaction.
  private static let settings = PostgresStatement("settings", "SELECT set_config('statement_timeout', $1, true)")

  /// Settings of a session. Compiling plans costs more than any of these queries gains, and so does planning them anew for
  /// the values of each time. All but a few are lookups by key in tables that grow and shrink faster than they are analysed:
  /// a plan made while the tail was empty would read all of it later.
  static let sessionSettings = """
    SET jit = off; SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off
    """

  /// For a statement that reads much of large tables: the planner is free, until the end of the transaction.
  static let anyPlan = PostgresStatement(
    "any plan",
    """
    SELECT set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
      set_config('enable_mergejoin', 'on', true), set_config('plan_cache_mode', 'force_custom_plan', true)
    """)

  /// Nil where the session's limit, which is the whole time of a query, is right to a second.
  private static func newLimit(
    until deadline: UInt64, _ limits: QueryLimits
  ) throws(ReadFailure) -> PostgresParameters? {
    let limit = try statementLimit(until: deadline, limits)
    let whole = MonotonicClock.deadline(after: limits.timeLimit)
    return whole < deadline + 1_000_000_000 && limits.timeLimit > .seconds(2) ? nil : limit
  }

  private static func statementLimit(
    until deadline: UInt64, _ limits: QueryLimits
  ) throws(ReadFailure) -> PostgresParameters {
    let now = MonotonicClock.now
    guard now < deadline else { throw .query(.timeLimit(limits.timeLimit)) }
    var parameters = PostgresParameters()
    parameters.text("\((deadline - now) / 1_000_000 + 1)")
    return parameters
  }
}
