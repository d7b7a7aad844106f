import Benchmark
import Testing

struct HostWorkloadTests {
  private func lines(_ workload: inout HostWorkload, _ count: Int) -> [String] {
    String(decoding: workload.body(lines: count), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func theSameNumbersGiveTheSameBytesHoweverTheyAreCut() {
    var (whole, cut) = (HostWorkload(hosts: 7), HostWorkload(hosts: 7))
    #expect(whole.body(lines: 20) == cut.body(lines: 3) + cut.body(lines: 17))
  }

  @Test func aLineIsAHostWithNineTagsAndItsFields() throws {
    var workload = HostWorkload(hosts: 2, fields: 12)
    let parts = lines(&workload, 1)[0].split(separator: " ")
    #expect(parts.count == 3)
    #expect(parts[0].hasPrefix("cpu,hostname=host_0,region=eu-central-1,"))
    #expect(parts[0].split(separator: ",").count == 10)
    let fields = parts[1].split(separator: ",")
    #expect(fields.count == 12 && fields[0].hasPrefix("usage_user=") && fields[11].hasPrefix("usage_11="))
    for field in fields {
      #expect(field.split(separator: "=")[1].wholeMatch(of: /[0-9]+\.[0-9][0-9]/) != nil, "\(field)")
      #expect((0...100).contains(try #require(Double(field.split(separator: "=")[1]))))
    }
    #expect(parts[2] == "1735689600000000000")
  }

  @Test func hostsTakeTurnsAndThenTimeGoesOn() {
    var workload = HostWorkload(hosts: 2, fields: 1, firstStep: 6)
    let times = lines(&workload, 4).map { String($0.split(separator: " ")[2]) }
    #expect(times == ["1735689660000000000", "1735689660000000000", "1735689670000000000", "1735689670000000000"])
  }

  @Test func aSingleSampleIsOneLine() {
    #expect(
      String(decoding: SingleSamples.line(1012), as: UTF8.self)
        == "load,host=host_12 value=12.25 1735689610000000000\n")
  }
}
