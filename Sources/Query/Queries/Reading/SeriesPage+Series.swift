import Events
import ReadModels

extension SeriesPage {
  /// The pages in which series lie, each once, by shard and page.
  static func all(of series: some Sequence<SeriesID>, shards: Int) -> [SeriesPage] {
    var pages: Set<SeriesPage> = []
    var latest: SeriesPage?
    for id in series {
      let page = SeriesPage(of: id, shards: shards)
      if page == latest { continue }
      latest = page
      pages.insert(page)
    }
    return pages.sorted { ($0.shard, $0.page) < ($1.shard, $1.page) }
  }
}
