import Benchmark
import Testing

struct BenchReportTests {
  private var report: BenchReport {
    var report = BenchReport("a \"thing\"")
    report.add("rate", "rate", 1_234_567.4, "samples/s")
    report.addLatencies([4000, 1000, 3000, 2000], key: "request", label: "request")
    report.addLatencies([], key: "none", label: "none")
    report.add("note", "note", "as\tis")
    report.add("bad", "bad", .infinity, "")
    return report
  }

  @Test func peopleGetATable() {
    #expect(
      report.table == """
        a "thing"
          rate         1,234,567 samples/s
          request p50  2.0 ms
          request p99  4.0 ms
          request max  4.0 ms
          note         as\tis
          bad          inf

        """)
  }

  @Test func machinesGetOneObject() {
    #expect(
      report.json
        == #"{"benchmark":"a \"thing\"","rate":1234567.4,"request_p50_ms":2.0,"request_p99_ms":4.0,"#
        + #""request_max_ms":4.0,"note":"as\tis","bad":null}"#)
  }
}
