import Queries
import QueryAPI
import TestSupport
import Testing

@Suite struct CSVWriterTests {
  private func text(_ write: (inout CSVWriter) throws -> Void) throws -> String {
    var writer = CSVWriter()
    try write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
    ("two\nlines", "\"two\nlines\""),
    ("a\r\nb", "\"a\r\nb\""), ("\"", "\"\"\"\""), ("é,ü", "\"é,ü\""), (" kept ", " kept "), ("=1+1", "=1+1"),
    ("-x", "-x"), ("@a", "@a"), ("\r", "\"\r\""),
  ])
  func aTextIsQuotedWhereItMustBeAndNeverChanged(_ value: String, _ expected: String) throws {
    #expect(try text { $0.text(value) } == expected)
  }

  @Test func rowsEndWithCRLFAndCellsAreSeparated() throws {
    let csv = try text {
      try $0.row(["a", "b,c"])
      $0.begin(CSVWriter.leading(["", "x\"y"]))
      $0.integer(-5)
      $0.text(nil)
      try $0.endRow()
      $0.begin([])
      $0.text(nil)
      $0.integer(.max)
      try $0.endRow()
    }
    #expect(csv == "a,\"b,c\"\r\n,\"x\"\"y\",-5,\r\n,9223372036854775807\r\n")
  }

  @Test func aBucketWithoutANumberIsEmptyAndASampleKeepsItsName() throws {
    let values = [Double.nan, .infinity, -.infinity, -0.0, 0.1, 3, 1e300]
    let points = try text { csv in for value in values { csv.point(value) } }
    #expect(points == ",+Inf,-Inf,-0.0,0.1,3,1e+300")
    let samples = try text { csv in for value in values { csv.sample(value) } }
    #expect(samples == "NaN,+Inf,-Inf,-0.0,0.1,3,1e+300")
  }

  @Test func aTableBeyondItsLimitIsRefusedAtTheRowThatPassesIt() throws {
    var writer = CSVWriter(limit: 10)
    try writer.row(["1234", "678"])
    #expect {
      try writer.row([""])
    } throws: { error in
      guard case .limit(.answerTooLarge, _) = error as? QueryError else { return false }
      return true
    }
  }
}
