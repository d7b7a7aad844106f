import Foundation
import HTTPClient
import JSON
import Runtime
import TestSupport
import Testing

/// `--tz` against Python's zoneinfo, an implementation of its own.
struct SendZoneTests {
  private static let zones = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia",
    "Africa/Casablanca", "Antarctica/Troll", "UTC",
  ]

  /// Wall clock texts for each zone: random ones, and every five minutes around each change of the clock in some years.
  private static let program = """
    import random, sys
    from datetime import datetime, timedelta, timezone
    from zoneinfo import ZoneInfo
    zone, seed = sys.argv[1], sys.argv[2]
    random.seed(seed + zone)
    place = ZoneInfo(zone)
    walls = set()
    for _ in range(500):
      walls.add(datetime(1971, 1, 1) + timedelta(seconds=random.randrange(66 * 365 * 86400)))
    moment = datetime(2011, 1, 1, tzinfo=timezone.utc)
    while moment.year < 2027:
      after = moment + timedelta(hours=1)
      a, b = moment.astimezone(place).utcoffset(), after.astimezone(place).utcoffset()
      if a != b:
        middle = moment.astimezone(place).replace(tzinfo=None)
        for minutes in range(-200, 201, 5):
          walls.add(middle + timedelta(minutes=minutes, seconds=random.randrange(60)))
      moment = after
    for wall in sorted(walls):
      first, second = wall.replace(tzinfo=place, fold=0), wall.replace(tzinfo=place, fold=1)
      instant = first.astimezone(timezone.utc)
      kind = 'once'
      if first.utcoffset() != second.utcoffset():
        back = instant.astimezone(place).replace(tzinfo=None)
        kind = 'twice' if back == wall else 'never'
      print(wall.strftime('%Y-%m-%d %H:%M:%S'), kind, int(instant.timestamp()), sep=',')
    """

  @Test func everyWallClockIsReadAsPythonReadsIt() throws {
    let random = SeededRandom()
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let folder = TemporaryFolder()
    for (number, zone) in Self.zones.enumerated() {
      let rows = try python([zone, "\(random.seed)"]).split(separator: "\n").map { $0.split(separator: ",") }
      #expect(rows.count > 400)
      let path = folder.path + "/\(number).csv"
      let text = "time,v\n" + rows.enumerated().map { "\($1[0]),\($0)\n" }.joined()
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let metric = "zone_\(number)"
      let result = try SendRun(
        daybook,
        [
          "--csv", path, "--name", metric, "--time", "time", "--value", "v", "--tz", zone, "--mode", "observe",
          "--json",
        ]
      ).wait()
      #expect(result.status == 0, "\(result.error)")
      let twice = rows.count { $0[1] == "twice" }
      let never = rows.count { $0[1] == "never" }
      #expect(
        result.output.contains("\"ambiguousTimes\":\(twice),\"missingTimes\":\(never),"), "\(zone): \(result.output)")
      #expect(zone == "UTC" || zone == "Asia/Kathmandu" || twice + never > 0)
      let times = try readTimes(daybook, metric, rows.count)
      let wrong = rows.indices.filter { times[$0] != Int64(rows[$0][2]) }
      #expect(wrong.isEmpty, "\(zone): \(wrong.prefix(5).map { "\(rows[$0]) read as \(times[$0] ?? -1)" })")
    }
  }

  /// Seconds since 1970 by the sample's value, which is its row.
  private func readTimes(_ daybook: RunningDaybook, _ metric: String, _ count: Int) throws -> [Int: Int64] {
    let reader = HTTPClient(daybook.query)
    var times: [Int: Int64] = [:]
    try waitUntil("all samples of \(metric) can be read") {
      let answer = try reader.send("GET", "/v1/samples?name=\(metric)&from=0&to=4000000000000")
      guard answer.status == 200 else { throw SystemTestError(answer.text) }
      let parser = JSONParser()
      let document = try parser.parse(answer.body)
      defer { withExtendedLifetime(document) {} }
      times = [:]
      for series in document.root["series"]?.elements.map(Array.init) ?? [] {
        let (moments, values) = (
          series["time"]!.elements!.map { $0.int64! }, series["value"]!.elements!.map { $0.double! }
        )
        for (moment, value) in zip(moments, values) { times[Int(value)] = moment / 1_000 }
      }
      return times.count == count
    }
    return times
  }

  private func python(_ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.program] + arguments
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw SystemTestError("python3 failed") }
    return text
  }
}
