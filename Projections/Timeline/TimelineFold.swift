package import Events
package import ProjectionKit
import ReadModels

/// One build of the timeline at work. Collects samples as they come, writes them to the tail packed by page, keeps these
/// packed rows in memory, and later folds them page by page into hours, minutes, days and spans.
package final class TimelineFold: ProjectionFold {
  private let statements: TimelineStatements
  private let shards: Int
  private let limits: TimelineLimits

  /// Per shard: what is not flushed.
  private var collected: [CollectedSamples]
  /// Rows that the running flush has written and that are not committed yet.
  private var flushed: [(page: SeriesPage, row: HeldTail.Row)] = []
  /// What is flushed and not folded.
  private var held = HeldTail()
  /// What the running slice has folded and is not committed yet.
  private var folding: [HeldTail.Portion] = []
  private var foldingDue: UInt64 = 0
  /// What is folded and not deleted.
  private var folded = FoldedTail()

  init(statements: TimelineStatements, shards: Int, limits: TimelineLimits = .standard) {
    precondition(shards > 0, "BUG: a store of \(shards) shards")
    self.statements = statements
    self.shards = shards
    self.limits = limits
    collected = [CollectedSamples](repeating: CollectedSamples(), count: shards)
  }

  package convenience init(schema: String, shards: Int, limits: TimelineLimits) {
    self.init(statements: TimelineStatements(schema: schema), shards: shards, limits: limits)
  }

  package func restore(shard: Int, from transaction: any ReadTransaction) throws {
    forget(shard: shard)
    let shard = Int32(shard)
    let rows = try transaction.query(statements.restoreTail, [.int32(shard)])
    for index in 0..<rows.count {
      let page = SeriesPage(shard: shard, page: Int32(truncatingIfNeeded: try rows.int64(index, 0)))
      let row = HeldTail.Row(
        sequence: try rows.int64(index, 1), samples: Int(try rows.int64(index, 2)),
        changes: try rows.byteArray(index, 3))
      held.append(row, to: page)
    }
    let leftBehind = try transaction.query(statements.leftBehind, [.int32(shard)])
    for index in 0..<leftBehind.count {
      let page = SeriesPage(shard: shard, page: Int32(truncatingIfNeeded: try leftBehind.int64(index, 0)))
      folded.append(page: page, sequence: try leftBehind.int64(index, 1), due: nil)
    }
  }

  package func forget(shard: Int) {
    let number = Int32(shard)
    collected[shard] = CollectedSamples()
    flushed.removeAll { $0.page.shard == number }
    folding.removeAll { $0.page.shard == number }
    held.removeAll(shard: number)
    folded.removeAll(shard: number)
  }

  package func apply(_ event: DecodedEvent) throws {
    guard case .samplesRecorded(let mode, let samples) = event.content else { return }
    let limit = SeriesPage.indexLimit.multipliedReportingOverflow(by: Int64(shards))
    let bound = limit.overflow ? Int64.max : limit.partialValue
    guard samples.series.allSatisfy({ $0 >= 0 && $0 < bound }) else {
      throw ProjectionError.unusable(
        shard: event.shard, position: event.position, reason: "expected series ids from 0 to \(bound), actual others")
    }
    collected[event.shard].append(samples, mode: mode, position: event.position)
  }

  package func flush(_ transaction: any ReadTransaction) throws {
    flushed.removeAll(keepingCapacity: true)
    for shard in collected.indices where !collected[shard].isEmpty {
      for piece in collected[shard].pieces(limit: limits.rowSamplesLimit) { pack(piece, of: Int32(shard)) }
      collected[shard].removeAll()
    }
    try BulkInsert.run(
      transaction, table: statements.tailTable, statement: statements.insertTail, count: flushed.count,
      [
        ("shard", .int32(flushed.map(\.page.shard))), ("page", .int32(flushed.map(\.page.page))),
        ("sequence", .int64(flushed.map(\.row.sequence))), ("samples", .int32(flushed.map { Int32($0.row.samples) })),
        ("changes", .bytes(flushed.map(\.row.changes))),
      ])
  }

  private func pack(_ piece: CollectedSamples, of shard: Int32) {
    for (page, var changes) in piece.pages(shards: shards) {
      let samples = changes.count
      guard let bytes = TailRow.encode(&changes) else { continue }
      // The sequence is the position of the last event in it: above that of every row before, so it is never used twice.
      let row = HeldTail.Row(sequence: piece.position, samples: samples, changes: bytes)
      flushed.append((SeriesPage(shard: shard, page: page), row))
    }
  }

  package func flushCommitted() {
    for (page, row) in flushed { held.append(row, to: page) }
    flushed.removeAll(keepingCapacity: true)
  }

  package func foldDemand(at moment: ProjectionMoment) -> FoldDemand {
    guard let age = held.age(at: moment.monotonic) else { return .none }
    if held.samples >= limits.heldSamplesLimit || held.bytes >= limits.heldBytesLimit { return .atOnce }
    return age >= limits.foldAge.inNanoseconds ? .betweenFlushes : .whenQuiet
  }

  package var load: FoldLoad? {
    FoldLoad(
      samples: held.samples, samplesLimit: limits.heldSamplesLimit, bytes: held.bytes,
      bytesLimit: limits.heldBytesLimit, since: held.oldestSince)
  }

  package func fold(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool {
    let isBetweenFlushes = foldDemand(at: moment) == .betweenFlushes
    folding = held.oldest(
      pagesLimit: limits.slicePagesLimit,
      samplesLimit: isBetweenFlushes ? limits.sliceSamplesLimit : limits.quietSliceSamplesLimit)
    guard !folding.isEmpty else { return false }
    foldingDue = moment.monotonic &+ limits.keepFolded.inNanoseconds
    try transaction.execute(statements.planByIndex)
    do {
      var slice = FoldSlice(statements: statements, shards: shards)
      for portion in folding { try slice.add(portion) }
      try slice.run(transaction)
    } catch let error as ReadModelError {
      throw ProjectionError.damaged(table: "\(statements.tailTable) or \(statements.hours.table)", reason: "\(error)")
    }
    try transaction.execute(
      statements.markFolded,
      [
        .array(.int32(folding.map(\.page.shard))), .array(.int32(folding.map(\.page.page))),
        .array(.int64(folding.map { $0.rows.last?.sequence ?? 0 })),
      ])
    return held.samples > folding.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.samples } }
  }

  package func foldCommitted() {
    held.remove(folding)
    for portion in folding {
      folded.append(page: portion.page, sequence: portion.rows.last?.sequence ?? 0, due: foldingDue)
    }
    folding.removeAll()
  }

  package func maintain(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool {
    let due = folded.takeDue(
      at: moment.monotonic, newDue: moment.monotonic &+ limits.keepFolded.inNanoseconds,
      limit: limits.deletePagesLimit)
    guard !due.isEmpty else { return false }
    try transaction.execute(statements.planByIndex)
    try transaction.execute(
      statements.deleteFolded,
      [
        .array(.int32(due.map(\.page.shard))), .array(.int32(due.map(\.page.page))),
        .array(.int64(due.map(\.sequence))),
      ])
    return due.count == limits.deletePagesLimit
  }
}

extension Duration {
  /// Nanoseconds of a limit, which is short and not negative.
  fileprivate var inNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
  }
}
