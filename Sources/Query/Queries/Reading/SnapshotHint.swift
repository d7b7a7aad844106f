import Events
import Postgres
import ReadModels

/// What a query will most likely ask a snapshot for, by what was seen last: asked for in the round trip that begins the
/// snapshot. A wrong guess costs nothing but that.
struct SnapshotHint {
  let timeline: Build
  let catalogue: Build
  let metric: String
  /// What the cache has of the metric, and which of its series are asked for.
  let selected: SelectedSeries?
  /// The pages in which these lie, with others that were asked for lately, so that the next query need not ask; and up to
  /// which sequence the cache has each one's tail.
  let pages: [SeriesPage]
  let known: [Int64]

  private static let otherPagesLimit = 64

  init?(_ selector: SeriesSelector, _ caches: ReadCaches) {
    guard let active = caches.lastProgress else { return nil }
    (timeline, catalogue, metric) = (active.timeline, active.catalogue, selector.name)
    let series = caches.catalogue.metric(selector.name, of: active.catalogue.key)
    selected = series.map { SelectedSeries($0, $0.places(selector.labels)) }
    let asked = selected.map { SeriesPage.all(of: $0.ids, shards: active.timeline.store.shards) } ?? []
    let others =
      asked.isEmpty || asked.count > Self.otherPagesLimit
      ? [] : caches.tails.recent(limit: Self.otherPagesLimit, of: active.timeline.key)
    pages = asked + others.filter { !asked.contains($0) }
    known = caches.tails.ends(of: pages, of: active.timeline.key)
  }

  /// Whether the builds are still the active ones.
  func fits(_ progress: ReadProgress) -> Bool {
    timeline.key == progress.timeline.key && timeline.schema == progress.timeline.schema
      && catalogue.key == progress.catalogue.key && catalogue.schema == progress.catalogue.schema
  }
}
