import Events
import Postgres
import ReadModels

/// Reads the tails of pages: what the cache has of them, and the rest from the store.
struct TailReader {
  let snapshot: ReadSnapshot

  private var build: Build { snapshot.progress.timeline }

  /// Reads the tails of pages.
  func read(_ pages: [SeriesPage]) throws(ReadFailure) -> [SeriesPage: PageTail] {
    try read(pages, known: snapshot.caches.tails.ends(of: pages, of: build.key))
  }

  private func read(_ pages: [SeriesPage], known: [Int64]) throws(ReadFailure) -> [SeriesPage: PageTail] {
    if pages.isEmpty { return [:] }
    let rows = try snapshot.query(
      PageTailRows.statement(build.schema), PageTailRows.parameters(pages, known: known))
    return try take(rows, pages, known: known)
  }

  /// Makes tails of what the store answered.
  /// - Parameter known: the sequences that it was asked with.
  func take(
    _ result: PostgresResult, _ pages: [SeriesPage], known: [Int64]
  ) throws(ReadFailure) -> [SeriesPage: PageTail] {
    let rows = try ReadFailure.ofStore { () throws(PostgresError) in
      try PageTailRows(result, count: pages.count)
    }
    let chains = snapshot.caches.tails.chains(of: pages, of: build.key)
    var tails: [SeriesPage: PageTail] = [:]
    tails.reserveCapacity(pages.count)
    // What the cache has does not fit what this snapshot sees: read from the fold on.
    var again: [SeriesPage] = []
    for (place, page) in pages.enumerated() {
      let found = rows.pages[place]
      // The rows behind what was known were given; or, where nothing was, those behind the fold.
      if let kept = chains[place], kept.end >= (known[place] < 0 ? found.folded : known[place]),
        let tail = try tail(of: page, from: kept, found, rows.result)
      {
        tails[page] = tail
      } else if known[place] < 0,
        let tail = try tail(of: page, from: TailChain(from: found.folded), found, rows.result)
      {
        tails[page] = tail
      } else {
        again.append(page)
      }
    }
    if again.isEmpty { return tails }
    return tails.merging(try read(again, known: Array(repeating: -1, count: again.count))) { $1 }
  }

  /// A chain with the rows behind it, of which all are in `found`; nil where the snapshot cannot use it.
  private func tail(
    of page: SeriesPage, from kept: TailChain, _ found: PageTailRows.Page, _ result: PostgresResult
  ) throws(ReadFailure) -> PageTail? {
    let position = build.position(of: page)
    let new = found.rows.filter { $0.sequence > kept.end }
    guard snapshot.mayUnpack(new.reduce(0) { $0 + $1.samples }) else {
      guard let part = kept.usable(folded: found.folded, position: position), part.end >= min(kept.end, position)
      else { return nil }
      return PageTail(
        folded: found.folded, chain: part,
        packed: new.filter { $0.sequence > found.folded }.map { (result, $0.row) })
    }
    var chain = kept
    var changes: ResolvedChanges?
    if !new.isEmpty {
      var unpacked = PageChanges()
      for row in new { try PageTail.unpack(result, row.row, into: &unpacked) }
      changes = ResolvedChanges(unpacked)
    }
    chain.append(changes, through: position)
    guard let part = chain.usable(folded: found.folded, position: position), part.end >= position else { return nil }
    snapshot.caches.rows.follow(page, to: found.folded, over: chain, of: build.key)
    snapshot.caches.tails.keep(
      chain.unfolded(found.folded), of: page, of: build.key, readAt: snapshot.beganAt)
    return PageTail(folded: found.folded, chain: part, packed: [])
  }
}
