import Postgres
import TestSupport
import Testing

@Suite struct PostgresValueTests {
  let database: TestDatabase
  let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.makeEmpty()
    connection = try database.connect()
  }

  @Test func everyScalarComesBackAsItWent() throws {
    var parameters = PostgresParameters()
    parameters.bool(true)
    parameters.int16(.min)
    parameters.int32(.min)
    parameters.int64(.min)
    parameters.double(-0.0)
    parameters.text("naïve \u{1F980} 'quoted' \\")
    parameters.bytes([0, 255, 1])
    parameters.uuid(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)
    let result = try connection.query(
      sql: "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8::text", parameters)
    #expect(try result.bool(0, 0))
    #expect(try result.int16(0, 1) == .min)
    #expect(try result.int32(0, 2) == .min)
    #expect(try result.int64(0, 3) == .min)
    #expect(try result.double(0, 4).bitPattern == (-0.0).bitPattern)
    #expect(try result.text(0, 5) == "naïve \u{1F980} 'quoted' \\")
    #expect(try result.byteArray(0, 6) == [0, 255, 1])
    #expect(try result.uuid(0, 7) == (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
    #expect(try result.text(0, 8) == "01234567-89ab-cdef-fedc-ba9876543210")
  }

  @Test func everyDoubleKeepsItsBits() throws {
    let patterns: [UInt64] = [
      Double.nan.bitPattern, 0x7FF0_0000_0000_0002, 0xFFF8_0000_0000_0001, Double.infinity.bitPattern,
      (-Double.infinity).bitPattern, Double.leastNonzeroMagnitude.bitPattern, Double.greatestFiniteMagnitude.bitPattern,
    ]
    var parameters = PostgresParameters()
    parameters.doubleArray(patterns.map { Double(bitPattern: $0) })
    let result = try connection.query(sql: "SELECT unnest($1)", parameters)
    #expect(result.rowCount == patterns.count)
    for (row, pattern) in patterns.enumerated() {
      #expect(try result.double(row, 0).bitPattern == pattern)
    }
  }

  @Test func nilsOfEveryTypeAreNull() throws {
    var parameters = PostgresParameters()
    parameters.bool(nil)
    parameters.int16(nil)
    parameters.int32(nil)
    parameters.int64(nil)
    parameters.double(nil)
    parameters.text(nil)
    parameters.bytes(nil)
    parameters.null()
    let result = try connection.query(
      sql: "SELECT $1::bool, $2::smallint, $3::int, $4::bigint, $5::float8, $6::text, $7::bytea, $8::date", parameters)
    for column in 0..<8 { #expect(result.isNull(0, column)) }
  }

  @Test func emptyTextAndBytesAreNotNull() throws {
    var parameters = PostgresParameters()
    parameters.text("")
    parameters.bytes([])
    let result = try connection.query(sql: "SELECT $1, $2", parameters)
    #expect(try result.text(0, 0).isEmpty)
    #expect(try result.bytes(0, 1).isEmpty)
    #expect(!result.isNull(0, 0) && !result.isNull(0, 1))
  }

  @Test func arraysArriveElementByElement() throws {
    func text(_ cast: String, _ fill: (inout PostgresParameters) -> Void) throws -> String {
      var parameters = PostgresParameters()
      fill(&parameters)
      return try connection.query(sql: "SELECT ($1::\(cast))::text", parameters).text(0, 0)
    }
    #expect(try text("smallint[]") { $0.int16Array([-1, 2]) } == "{-1,2}")
    #expect(try text("int[]") { $0.int32Array([.min, .max]) } == "{-2147483648,2147483647}")
    #expect(try text("bigint[]") { $0.int64Array([1, -2, 3]) } == "{1,-2,3}")
    #expect(try text("bigint[]") { $0.int64Array([1, nil, 3] as [Int64?]) } == "{1,NULL,3}")
    #expect(try text("bigint[]") { $0.int64Array([Int64]()) } == "{}")
    #expect(try text("float8[]") { $0.doubleArray([0.5, -1e300]) } == "{0.5,-1e+300}")
    #expect(try text("float8[]") { $0.doubleArray([nil, 0.5] as [Double?]) } == "{NULL,0.5}")
    #expect(try text("bool[]") { $0.boolArray([true, false]) } == "{t,f}")
    #expect(try text("text[]") { $0.textArray(["a,b", "", "ü\""]) } == "{\"a,b\",\"\",\"ü\\\"\"}")
    #expect(try text("text[]") { $0.textArray(["a", nil] as [String?]) } == "{a,NULL}")
    #expect(try text("bytea[]") { $0.byteaArray([[1, 2], []]) } == "{\"\\\\x0102\",\"\\\\x\"}")
    #expect(try text("bytea[]") { $0.byteaArray([nil, [7]] as [[UInt8]?]) } == "{NULL,\"\\\\x07\"}")
    #expect(
      try text("uuid[]") { $0.uuidArray([(1, 2)]) } == "{00000000-0000-0001-0000-000000000002}")
  }

  @Test func arraysOfManyElementsRoundTrip() throws {
    var random = SeededRandom()
    let values = (0..<50_000).map { _ in Int64.random(in: .min ... .max, using: &random) }
    var parameters = PostgresParameters()
    parameters.int64Array(values)
    let result = try connection.query(sql: "SELECT * FROM unnest($1) WITH ORDINALITY ORDER BY 2", parameters)
    #expect(result.rowCount == values.count)
    #expect(try (0..<values.count).allSatisfy { try result.int64($0, 0) == values[$0] })
  }

  @Test func resultArraysAreReadWhole() throws {
    let result = try connection.query(
      sql: "SELECT '{1,NULL,-3}'::bigint[], '{}'::bigint[], '{a,NULL}'::text[], '{\"\\\\x0102\"}'::bytea[], "
        + "'{1,2}'::int[], '{0.5}'::float8[], '{{1,2},{3,4}}'::bigint[]")
    #expect(try result.optionalInt64Array(0, 0) == [1, nil, -3])
    #expect(try result.int64Array(0, 1) == [])
    #expect(throws: PostgresError.self) { try result.int64Array(0, 0) }
    #expect(try result.optionalTextArray(0, 2) == ["a", nil])
    #expect(try result.byteaArray(0, 3) == [[1, 2]])
    #expect(try result.int32Array(0, 4) == [1, 2])
    #expect(try result.doubleArray(0, 5) == [0.5])
    #expect(throws: PostgresError.self) { try result.int64Array(0, 6) }
    #expect(throws: PostgresError.self) { try result.int64Array(0, 4) }
  }

  @Test func anyIntegerReadsAsInt64() throws {
    let result = try connection.query(
      sql: "SELECT 7::smallint, -7::int, 4000000000::oid, pg_current_xact_id(), 1::bigint")
    #expect(try result.int64(0, 0) == 7)
    #expect(try result.int64(0, 1) == -7)
    #expect(try result.int64(0, 2) == 4_000_000_000)
    #expect(try result.int64(0, 3) > 0)
    #expect(try result.int64(0, 4) == 1)
  }

  @Test func anotherTypeOrPlaceThanAskedForIsAnError() throws {
    let result = try connection.query(sql: "SELECT 1::bigint, 1.5::float8, NULL::bigint, 1::int, 'a'::text")
    #expect(throws: PostgresError.self) { try result.double(0, 0) }
    #expect(throws: PostgresError.self) { try result.int64(0, 1) }
    #expect(throws: PostgresError.self) { try result.int64(0, 2) }
    #expect(throws: PostgresError.self) { try result.int16(0, 3) }
    #expect(throws: PostgresError.self) { try result.text(0, 3) }
    #expect(throws: PostgresError.self) { try result.bool(0, 4) }
    #expect(throws: PostgresError.self) { try result.int64(1, 0) }
    #expect(throws: PostgresError.self) { try result.int64(0, 5) }
    #expect(throws: PostgresError.self) { try result.int64(-1, 0) }
    #expect(throws: PostgresError.self) { try result.bytes(0, Int.max) }
    #expect(result.isNull(5, 5))
  }

  @Test func parametersAreValuesAndKeepTheirBytesWhenACopyChanges() throws {
    var first = PostgresParameters()
    first.text("first")
    var second = first
    second.removeAll()
    second.text("other")
    #expect(try connection.query(sql: "SELECT $1", first).text(0, 0) == "first")
    #expect(try connection.query(sql: "SELECT $1", second).text(0, 0) == "other")
  }

  @Test func tooManyParametersAreRefusedBeforeTheyAreSent() throws {
    var parameters = PostgresParameters()
    for _ in 0...65_535 { parameters.bool(true) }
    #expect(throws: PostgresError.self) { try connection.query(sql: "SELECT 1", parameters) }
    #expect(try connection.query(sql: "SELECT 1").int32(0, 0) == 1)
  }
}
