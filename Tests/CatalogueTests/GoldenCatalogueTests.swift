import Catalogue
import Events
import ProjectionKit
import TestSupport
import Testing

/// A log that was recorded once, as it stands in a store: one line per event, `shard position type payload` with the
/// payload in hexadecimal, and the rows that each version of the projection makes of it.
///
/// The rows are looked at twice: after the registrations, which is all that the first programs could fold (they stopped
/// at the first description), and at the end. That the first part has not changed is why version 1 could learn of
/// descriptions and stay version 1.
@Suite struct GoldenCatalogueTests {
  private static let folder = GoldenFolder(beside: #filePath)

  @Test func theRowsOfThisVersionAreAsRecorded() throws {
    if GoldenFolder.isRecording { try Self.folder.write(Self.log(), to: "log.txt") }
    let scene = try CatalogueScene()
    let events = try Self.folder.lines("log.txt").map(Self.event)
    let firstDescription = try #require(events.firstIndex { Self.isDescription($0) })
    for event in events[..<firstDescription] {
      try scene.fold.apply(event)
      if event.position % 2 == 0 { try scene.flush() }
    }
    try scene.flush()
    try compare(scene, "registered")
    for event in events[firstDescription...] {
      try scene.fold.apply(event)
      if event.position % 3 == 0 { try scene.flush() }
    }
    try scene.flush()
    try compare(scene, "described")
  }

  private func compare(_ scene: CatalogueScene, _ part: String) throws {
    let rows = try scene.dump("metrics") + scene.dump("series")
    let name = "version-\(Catalogue().version)-\(part).txt"
    if GoldenFolder.isRecording { try Self.folder.write(rows, to: name) }
    #expect(try Self.folder.lines(name) == rows)
  }

  private static func isDescription(_ event: DecodedEvent) -> Bool {
    if case .metricDescribed = event.content { true } else { false }
  }

  private static func event(_ line: String) throws -> DecodedEvent {
    let fields = line.split(separator: " ")
    guard fields.count == 4, let shard = Int(fields[0]), let position = Int64(fields[1]),
      let type = Int16(fields[2]).flatMap(EventType.init(rawValue:))
    else { throw GoldenFolder.Broken(what: line) }
    let content: DecodedEvent.Content = try GoldenFolder.bytes(fields[3]).withUnsafeBytes { payload in
      if type == .metricDescribed {
        return .metricDescribed(try MetricDescribed(decoding: payload, schemaVersion: 1))
      }
      let header = try SeriesRegistered.decode(payload, schemaVersion: 1)
      return .seriesRegistered(
        try SeriesRegistered.decodeColumns(
          header.columns, count: header.count, shard: shard, shards: CatalogueScene.shards))
    }
    return DecodedEvent(shard: shard, position: position, recordedAt: 0, hash: [], content: content)
  }

  /// What the recorded log was made from.
  private static func log() throws -> [String] {
    let registered: [(shard: Int, index: Int64, keys: [SeriesKey])] = [
      (
        0, 0,
        [
          try SeriesKey(name: "cpu", labels: [("host", "a"), ("dc", "fra")]),
          try SeriesKey(name: "cpu", labels: [("host", "b")]), try SeriesKey(name: "caf\u{e9}"),
        ]
      ), (1, 0, [try SeriesKey(name: "cpu"), try SeriesKey(name: "cafe\u{301}")]),
      (0, 3, [try SeriesKey(name: "up", labels: [("text", "\"\\ \n {} 😀")])]),
      (1, 2, [try SeriesKey(name: "cpu", labels: [("host", "c")]), try SeriesKey(name: "a/b")]),
    ]
    let described: [(shard: Int, MetricDescribed)] = [
      (0, try described("cpu", .set("%"), .set("of one core"), .set(.gauge))), (1, try described("later", .set("s"))),
      (0, try described("cpu", .kept, .cleared, .set(.counter))), (1, try described("a/b", .kept, .set("é \" \\"))),
      (0, try described("caf\u{e9}", .set("°C"))), (1, try described("later", .cleared)),
      (1, try described("later", .kept, .set("d"), .cleared)), (0, try described("never said")),
    ]
    var positions: [Int: Int] = [:]
    func line(_ shard: Int, _ type: EventType, _ payload: [UInt8]) -> String {
      positions[shard, default: 0] += 1
      return "\(shard) \(positions[shard] ?? 0) \(type.rawValue) \(GoldenFolder.hexadecimal(payload))"
    }
    let registrations = registered.flatMap { shard, index, keys in
      SeriesRegistered.split(
        CatalogueScene.entries(shard: shard, from: index, keys), shards: CatalogueScene.shards
      ).map { part in
        part.columns.withUnsafeBytes {
          SeriesRegistered.encode(count: part.range.count, compression: .none, columnsSize: $0.count, columns: $0)
        }
      }.map { line(shard, .seriesRegistered, $0) }
    }
    return registrations + described.map { line($0, .metricDescribed, $1.encoded()) }
  }

  private static func described(
    _ name: String, _ unit: AttributeChange<String> = .kept, _ description: AttributeChange<String> = .kept,
    _ kind: AttributeChange<MetricKind> = .kept
  ) throws -> MetricDescribed {
    try MetricDescribed(metric: SeriesKey(name: name), unit: unit, description: description, kind: kind)
  }
}
