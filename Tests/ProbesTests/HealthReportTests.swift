import HTTPServer
import JSON
import Probes
import Runtime
import Testing

@Suite struct HealthReportTests {
  private static let identity = ProcessIdentity(program: "projector", version: "1.2.3")

  private static func report(_ checks: [HealthCheck]) -> HealthReport { HealthReport(identity, checks) }

  private static func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }

  @Test func theWorstCheckDecides() {
    let (pass, warn) = (HealthCheck("a:b", .component), HealthCheck("c:d", .component, .warn, reason: "slow"))
    let fail = HealthCheck("e:f", .datastore, .fail, reason: "away", remedy: "start it")
    #expect(Self.report([]).status == .pass)
    #expect(Self.report([pass, warn]).status == .warn)
    #expect(Self.report([fail, pass, warn]).status == .fail)
    #expect(Self.report([pass, warn, fail]).worst?.name == "e:f")
    #expect(Self.report([pass]).worst == nil)
  }

  @Test func aWarningIsReadyAndAFailureIsNot() {
    let warn = Self.report([HealthCheck("c:d", .component, .warn, reason: "slow")])
    #expect(warn.response(isVerbose: false).status == 200)
    #expect(Self.text(warn.response(isVerbose: false)) == "ready\n")
    #expect(warn.response(isVerbose: true).status == 200)
    let fail = Self.report([HealthCheck("e:f", .datastore, .fail, reason: "it is away", remedy: "start it")])
    #expect(fail.response(isVerbose: false).status == 503)
    #expect(Self.text(fail.response(isVerbose: false)) == "not ready: it is away: start it\n")
    #expect(fail.response(isVerbose: true).status == 503)
  }

  @Test func verboseIsHealthJSONWithReasonsAndRemedies() throws {
    let response = Self.report([
      HealthCheck("build:projecting", .component).of("timeline_b1"),
      HealthCheck("build:projecting", .component, .fail, reason: "it \"broke\"", remedy: "mend it").of("catalogue_b2"),
      HealthCheck("lag:seconds", .component).observing(1.5, "s"),
      HealthCheck("lag:odd", .component).observing(.infinity, "s"),
    ]).response(isVerbose: true)
    #expect(response.headers.contains { $0 == ("Content-Type", "application/health+json") })
    #expect(response.headers.contains { $0 == ("Cache-Control", "no-store") })
    let parser = JSONParser()
    let root = try parser.parse(response.body).root
    try withExtendedLifetime(parser) {
      #expect(root["status"]?.string == "fail")
      #expect(root["version"]?.string == "1.2.3")
      #expect(root["serviceId"]?.string == "daybook-projector")
      #expect(root["output"]?.string == "it \"broke\"")
      let builds = try #require(root["checks"]?["build:projecting"]?.elements.map(Array.init))
      #expect(builds.map { $0["componentId"]?.string } == ["timeline_b1", "catalogue_b2"])
      #expect(builds.map { $0["status"]?.string } == ["pass", "fail"])
      #expect(builds[1]["remedy"]?.string == "mend it")
      #expect(try RFC3339.nanoseconds(#require(builds[0]["time"]?.string).utf8) != nil)
      let lag = try #require(root["checks"]?["lag:seconds"]?.elements.map(Array.init)?.first)
      #expect(lag["observedValue"]?.double == 1.5)
      #expect(lag["observedUnit"]?.string == "s")
      let uptime = try #require(root["checks"]?["uptime"]?.elements.map(Array.init)?.first)
      #expect(uptime["componentType"]?.string == "system")
      #expect((uptime["observedValue"]?.double ?? -1) >= 0)
    }
    #expect(Self.text(response).contains("\"observedValue\":null"))
  }
}
