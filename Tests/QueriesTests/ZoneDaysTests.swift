import Events
import Queries
import QueryTestSupport
import ReadModels
import Runtime
import TestSupport
import Testing

/// Days of places, against `ZoneTable` and the plain model.
@Suite struct ZoneDaysTests {
  private static let minute: Int64 = 60_000_000_000

  private func withStore(_ body: (QueryRunner, TestStore) throws -> Void) throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    try body(QueryRunner(store.readStore), store)
  }

  private func request(
    _ zone: String, _ name: String = "cpu", from: Int64? = nil, to: Int64? = nil
  ) throws -> TimelineRequest {
    var request = TimelineRequest(
      selector: SeriesSelector(name: name), from: from, to: to, step: .day, aggregates: AggregateKind.allCases)
    request.zone = try ZoneName(parsing: zone)
    return request
  }

  /// A sample every quarter of an hour whose value is its minute: count, first, last, min and max tell exactly which
  /// samples a day has.
  @Test(arguments: ZoneTable.all)
  func daysBeginAndEndWhereThatPlaceHasThem(_ table: ZoneTable) throws {
    let borders = table.borders
    let (first, last) = (borders[0], borders[borders.count - 1])
    try withStore { runner, store in
      let samples = stride(from: first - 120, to: last + 120, by: 15).map {
        TestSample(TestSeries("cpu"), at: $0 * Self.minute, Double($0))
      }
      let early = try store.record(samples.filter { Int($0.value) % 7 != 0 })
      _ = try runner.run(after: early) { _ in true }
      try store.waitForFold()
      store.startProjector(quietTime: .seconds(3_600))
      let token = try store.record(samples.filter { Int($0.value) % 7 == 0 })
      _ = try runner.run(after: token) { _ in true }
      #expect(try store.unfoldedRows() > 0)
      // Cut short at both ends, and so widened.
      let request = try request(table.zone, from: (first + 61) * Self.minute + 1, to: (last - 59) * Self.minute)
      try check(try runner.timeline(request), borders)
      store.startProjector(quietTime: .milliseconds(1))
      try store.waitForFold()
      try check(try runner.timeline(request), borders)
    }
  }

  private func check(_ answer: TimelineAnswer, _ borders: [Int64]) throws {
    #expect(answer.from == borders[0] * Self.minute)
    #expect(answer.to == borders[borders.count - 1] * Self.minute)
    let line = try #require(answer.lines.first)
    #expect(line.times == borders.dropLast().map { $0 * Self.minute })
    let columns = Dictionary(uniqueKeysWithValues: zip(answer.aggregates, line.columns))
    let days = zip(borders, borders.dropFirst())
    #expect(columns[.count] == days.map { Double(($1 - $0) / 15) })
    for (kind, expected) in [
      (AggregateKind.first, days.map { Double($0.0) }), (.min, days.map { Double($0.0) }),
      (.last, days.map { Double($0.1 - 15) }), (.max, days.map { Double($0.1 - 15) }),
      (.avg, days.map { Double($0.0 + $0.1 - 15) / 2 }),
    ] {
      #expect(columns[kind] == expected, "\(kind)")
    }
  }

  @Test func aRangeIsWidenedToWholeDaysAndNoFurther() throws {
    let table = ZoneTable.all[0]
    let borders = table.borders.map { $0 * Self.minute }
    try withStore { runner, store in
      _ = try runner.run(after: try store.record([TestSample(TestSeries("other"), at: 1, 1)])) { _ in true }
      for index in [0, 28, 29, 30, 238, 239, 240] {
        let (start, end) = (borders[index], borders[index + 1])
        for (from, to) in [(start, start + 1), (start, end), (end - 1, end), (start + 5, end - 5)] {
          let answer = try runner.timeline(try request("Europe/Berlin", from: from, to: to))
          #expect(answer.from == start && answer.to == end)
        }
        let two = try runner.timeline(try request("Europe/Berlin", from: end - 1, to: end + 1))
        #expect(two.from == start && two.to == borders[index + 2])
        let none = try runner.timeline(try request("Europe/Berlin", from: start + 7, to: start + 7))
        #expect(none.from == start && none.to == start && none.lines.isEmpty)
      }
    }
  }

  /// Everything random, several series, dense hours that are split, in a zone whose borders cut hours.
  @Test(arguments: ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"])
  func randomDaysEqualThePlainModelBeforeAndAfterTheFold(_ zone: String) throws {
    var random = SeededRandom()
    let table = try #require(ZoneTable.all.first { $0.zone == zone })
    let borders = table.borders.map { $0 * Self.minute }
    let all = [TestSeries("cpu", ["host": "a"]), TestSeries("cpu", ["host": "b"])]
    func samples(_ count: Int) -> [TestSample] {
      (0..<count).map { _ in
        let near =
          (borders.randomElement(using: &random) ?? 0) + Int64.random(in: -7_200...7_200, using: &random)
          * 1_000_000_000
        let value = Double(Int.random(in: -100...100, using: &random)) / 4
        return TestSample(
          all.randomElement(using: &random) ?? all[0], at: near, Int(value) == 7 ? .nan : value)
      }
    }
    try withStore { runner, store in
      var model = PlainModel()
      // More than 4,096 samples in the hour that the second border lies in.
      let dense = (0..<9_000).map { TestSample(all[0], at: borders[1] - 1_800_000_000_000 + $0 * 400_000_000, 0.5) }
      for batch in [dense + samples(3_000), samples(500)] {
        model.record(batch, mode: .observe)
        _ = try runner.run(after: try store.record(batch, mode: .observe)) { _ in true }
        try store.waitForFold()
      }
      store.startProjector(quietTime: .seconds(3_600))
      for mode in [SampleMode.observe, .replace] {
        let batch = samples(400)
        model.record(batch, mode: mode)
        _ = try runner.run(after: try store.record(batch, mode: mode)) { _ in true }
      }
      #expect(try store.unfoldedRows() > 0)
      var request = try request(zone, from: borders[0], to: borders[borders.count - 1])
      let live = try runner.timeline(request)
      request.grouping = .byLabels([])
      let merged = try runner.timeline(request)
      check(live, all.map { [$0] }, model, borders)
      check(merged, [all], model, borders)
      store.startProjector(quietTime: .milliseconds(1))
      try store.waitForFold()
      let folded = try runner.timeline(request)
      #expect(folded.lines.map(\.times) == merged.lines.map(\.times))
      // To the bit.
      let bits = { (answer: TimelineAnswer) in answer.lines.flatMap(\.columns).map { $0.map(\.bitPattern) } }
      #expect(bits(folded) == bits(merged))
      // Read in parts, it is the same.
      let small = QueryRunner(store.readStore) { $0.rowsPerFetch = 10 }
      #expect(bits(try small.timeline(request)) == bits(merged))
    }
  }

  private func check(
    _ answer: TimelineAnswer, _ lines: [[TestSeries]], _ model: PlainModel, _ borders: [Int64]
  ) {
    #expect(answer.lines.count == lines.count)
    for (line, series) in zip(answer.lines, lines) {
      var expected: [Int64: PlainModel.Bucket] = [:]
      for (time, value) in series.flatMap({ model.samples($0) }) {
        guard let day = borders.lastIndex(where: { $0 <= time }), day < borders.count - 1 else { continue }
        expected[borders[day], default: PlainModel.Bucket()].add(time, value)
      }
      #expect(line.times == expected.keys.sorted())
      let columns = Dictionary(uniqueKeysWithValues: zip(answer.aggregates, line.columns))
      for (index, time) in line.times.enumerated() {
        guard let bucket = expected[time] else { continue }
        #expect(columns[.count]?[index] == Double(bucket.count))
        guard bucket.count > 0 else { continue }
        // Quarters add up exactly, in whatever order.
        #expect(columns[.sum]?[index] == bucket.sum)
        #expect(columns[.min]?[index] == bucket.min)
        #expect(columns[.max]?[index] == bucket.max)
        #expect(columns[.first]?[index] == bucket.first?.value)
        #expect(columns[.last]?[index] == bucket.last?.value)
      }
    }
  }

  @Test func openEndsReachOverAllDataAndAtMostTheLimit() throws {
    let table = ZoneTable.all[0]
    let borders = table.borders.map { $0 * Self.minute }
    try withStore { runner, store in
      let token = try store.record(
        borders.dropLast().map { TestSample(TestSeries("cpu"), at: $0 + 3_600_000_000_000, 1) })
      _ = try runner.run(after: token) { _ in true }
      let all = try runner.timeline(try request("Europe/Berlin"))
      #expect(all.from == borders[0] && all.to == borders[borders.count - 1])
      #expect(all.lines.first?.times == Array(borders.dropLast()))
      let small = QueryRunner(store.readStore) { $0.pointsPerSeriesLimit = 10 }
      let last = try small.timeline(try request("Europe/Berlin"))
      #expect(last.lines.first?.times == Array(borders.dropLast().suffix(10)))
      let exact = try small.timeline(try request("Europe/Berlin", from: borders[25], to: borders[35]))
      #expect(exact.lines.first?.times.count == 10)
      #expect(try runner.timeline(try request("Asia/Kolkata", "none")).lines.isEmpty)
      for (from, to) in [(borders[25], borders[35] + 1), (Int64.min, Int64.max), (0, borders[0])] {
        #expect {
          try small.timeline(try request("Europe/Berlin", from: from, to: to))
        } throws: { error in
          guard case .limit(.tooManyPoints, let detail) = error as? QueryError else { return false }
          return detail.contains("limit is 10 points") && detail.contains("shorter range")
        }
      }
    }
  }

  @Test func theEndsOfTimeHaveDays() throws {
    try withStore { runner, store in
      let token = try store.record([TestSample(TestSeries("cpu"), at: -9_000_000_000_000_000_000, 1)])
      _ = try runner.run(after: token) { _ in true }
      for zone in ["Europe/Berlin", "Pacific/Apia", "America/New_York", "UTC"] {
        let day: Int64 = 86_400_000_000_000
        #expect(try runner.timeline(try request(zone, from: .min, to: .min + 1)).lines.isEmpty)
        #expect(try runner.timeline(try request(zone, from: .max - 1, to: .max)).lines.isEmpty)
        #expect(try runner.timeline(try request(zone, from: .max, to: .max)).lines.isEmpty)
        let answer = try runner.timeline(
          try request(zone, from: -9_000_000_000_000_000_000 - day, to: -9_000_000_000_000_000_000 + day))
        #expect(answer.lines.first?.columns[2] == [1])
      }
    }
  }

  @Test func aDayInUTCIsTheStoredDay() throws {
    try withStore { runner, store in
      let token = try store.record((0..<60).map { TestSample(TestSeries("cpu"), at: $0 * 3_600_000_000_000, 0.1) })
      _ = try runner.run(after: token) { _ in true }
      let zoned = try runner.timeline(try request("UTC"))
      var plain = try request("UTC")
      plain.zone = nil
      let days = try runner.timeline(plain)
      #expect(zoned.lines.map(\.times) == days.lines.map(\.times))
      #expect(zoned.lines.map(\.columns) == days.lines.map(\.columns))
      #expect(zoned.zone?.text == "UTC" && days.zone == nil)
      // A place on UTC adds the same hours, in the same order.
      let abidjan = try runner.timeline(try request("Africa/Abidjan"))
      #expect(abidjan.lines.map(\.columns) == days.lines.map(\.columns))
    }
  }

  @Test(arguments: [
    "Nowhere/City", "Europe/berlin", "Nowhere/City+5", "Etc/GMT+99", "A/B", "Posix/Europe/Berlin",
    "posix/Europe/Berlin",
    "right/Europe/Berlin",
  ])
  func aZoneThatPostgresDoesNotHaveIsRefused(_ name: String) throws {
    try withStore { runner, store in
      _ = try runner.run(after: try store.record([TestSample(TestSeries("cpu"), at: 1, 1)])) { _ in true }
      for _ in 0..<2 {
        #expect {
          try runner.timeline(try request(name))
        } throws: { error in
          guard case .invalid(.unknownZone, let detail) = error as? QueryError else { return false }
          return detail.contains("\"\(name)\"") && detail.contains("Europe/Berlin")
        }
      }
      // What is known stays known.
      #expect(try runner.timeline(try request("Etc/GMT+5")).lines.count == 1)
    }
  }

  @Test(arguments: [
    "", "IST", "EST5EDT", "Europe/", "/Berlin", "Europe//Berlin", "utc", "+05:30", "Europe/Ber lin", "Europe/Berlin'",
    "a/b/c/d", "../etc/passwd", "Ä/B", "Europe/B\u{0}",
  ])
  func whatIsNoNameOfAZoneIsRefusedUnseen(_ text: String) {
    #expect {
      try ZoneName(parsing: text)
    } throws: { error in
      guard case .invalid(.unknownZone, let detail) = error as? QueryError else { return false }
      return detail.contains("Area/City")
    }
  }
}
