import Events
import Postgres
import ProjectionKit
import ReadStore
import TestSupport
import Testing

@Suite struct ReadTransactionTests {
  private func within(_ body: @escaping (any ReadTransaction, String) throws -> Void) throws {
    let database = try TestDatabase.make()
    let store = try ReadStore(database.address("daybook_projector"), application: "tests")
    let build = try #require(
      try store.ensureBuild(of: LedgerProjection(), store: try TestLog(database.address()).identity()).first)
    let progress = try store.take(BuildShard(build: build.id, shard: 0)) { _, _ in }
    var fence = Fence()
    fence.add(BuildShard(build: build.id, shard: 0), at: progress)
    try store.write(fence, at: 1, notify: false) { try body($0, build.schema) }
  }

  private static let table = "(a bigint, b double precision, c bytea, d text, e boolean, f smallint, g int, h bytea)"

  private static let packed: PackedBytes = {
    var packed = PackedBytes()
    packed.append([9])
    packed.append([])
    packed.append([1, 2, 3])
    return packed
  }()

  private static let columns: [(name: String, values: ReadColumn)] = [
    ("a", .int64OrNull([1, nil, .min])), ("b", .doubleOrNull([nil, -0.0, .infinity])),
    ("c", .bytesOrNull([[], nil, [255]])),
    ("d", .textOrNull(["ä", nil, ""])), ("e", .bool([true, false, true])), ("f", .int16([1, -1, .max])),
    ("g", .int32([1, -1, .max])), ("h", .packed(packed)),
  ]

  private static func check(_ rows: any ReadRows) throws {
    #expect(rows.count == 3)
    #expect(try rows.int64(0, 0) == 1)
    #expect(rows.isNull(1, 0))
    #expect(try rows.int64(2, 0) == .min)
    #expect(rows.isNull(0, 1))
    #expect(try rows.double(1, 1).bitPattern == (-0.0).bitPattern)
    #expect(try rows.double(2, 1) == .infinity)
    #expect(try rows.byteArray(0, 2) == [])
    #expect(try rows.withBytes(2, 2) { Array($0) } == [255])
    #expect(try rows.text(0, 3) == "ä")
    #expect(rows.isNull(1, 3))
    #expect(try (0..<3).map { try rows.bool($0, 4) } == [true, false, true])
    #expect(try (0..<3).map { try rows.int64($0, 5) } == [1, -1, Int64(Int16.max)])
    #expect(try rows.int64Column(6) == [1, -1, Int64(Int32.max)])
    #expect(try (0..<3).map { try rows.byteArray($0, 7) } == [[9], [], [1, 2, 3]])
    #expect(throws: (any Error).self) { try rows.int64(1, 0) }
    #expect(throws: (any Error).self) { try rows.double(2, 0) }
    #expect(throws: (any Error).self) { try rows.text(3, 3) }
    #expect(throws: (any Error).self) { try rows.int64Column(0) }
  }

  @Test func copiedColumnsComeBack() throws {
    try within { transaction, schema in
      try transaction.execute("CREATE TABLE \(schema).types \(Self.table)")
      try transaction.copyIn("\(schema).types", Self.columns)
      try Self.check(try transaction.query("SELECT * FROM \(schema).types"))
    }
  }

  @Test func columnsGoAsArrayParameters() throws {
    try within { transaction, schema in
      try transaction.execute("CREATE TABLE \(schema).types \(Self.table)")
      let count = try transaction.execute(
        "INSERT INTO \(schema).types SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
        Self.columns.map { .array($0.values) })
      #expect(count == 3)
      try Self.check(try transaction.query("SELECT * FROM \(schema).types"))
    }
  }

  @Test func singleValuesGoAsParameters() throws {
    try within { transaction, _ in
      let rows = try transaction.query(
        "SELECT $1, $2, $3, $4, $5, $6, $7, $8::bigint",
        [.int64(5), .double(0.5), .bytes([1]), .text("x"), .bool(true), .int16(2), .int32(3), .null])
      #expect(try rows.int64(0, 0) == 5)
      #expect(try rows.double(0, 1) == 0.5)
      #expect(try rows.byteArray(0, 2) == [1])
      #expect(try rows.text(0, 3) == "x")
      #expect(try rows.bool(0, 4))
      #expect(try rows.int64(0, 5) == 2)
      #expect(try rows.int64(0, 6) == 3)
      #expect(rows.isNull(0, 7))
    }
  }

  @Test func moreStatementsThanAreKeptPreparedStillRun() throws {
    try within { transaction, _ in
      for number in 0..<600 {
        let rows = try transaction.query("SELECT \(number)::bigint + $1", [.int64(1)])
        #expect(try rows.int64(0, 0) == Int64(number + 1))
      }
    }
  }
}
