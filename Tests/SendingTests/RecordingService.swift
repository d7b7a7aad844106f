import Commands
import Compression
import HTTPClient
import HTTPServer
import LineProtocol
import Runtime
import SamplesJSON
import Synchronization
import TestSupport
import WriteTestSupport

/// A command service without a store: reads bodies as the real one does, keeps samples and idempotency keys in memory,
/// and fails when it is told to.
final class RecordingService {
  enum Fault {
    case answer(Int, [(String, String)], String)
    /// Stores, then answers 503: the answer is lost to the client.
    case lost
  }

  struct Request: Sendable {
    let key: String
    let target: String
    let encoding: String?
    let authorization: String?
  }

  private struct State {
    var samples: [Parsed] = []
    var answers: [String: (status: Int, accepted: Int, body: String)] = [:]
    var requests: [Request] = []
  }

  private final class Core: Sendable {
    let state = Mutex(State())
    let fault: @Sendable (Int, Request) -> Fault?
    init(_ fault: @escaping @Sendable (Int, Request) -> Fault?) { self.fault = fault }
  }

  private let core: Core
  private let server: HTTPServer

  var endpoint: HTTPEndpoint { HTTPEndpoint(ListenAddress(host: "127.0.0.1", port: server.port)) }
  /// All that is stored, each request under one key once.
  var samples: [Parsed] { Parsed.sorted(core.state.withLock { $0.samples }) }
  var requests: [Request] { core.state.withLock { $0.requests } }

  /// `fault` decides by the number of the request, from 0, in the order of arrival.
  init(_ fault: @escaping @Sendable (Int, Request) -> Fault? = { _, _ in nil }) throws {
    let core = Core(fault)
    self.core = core
    var settings = HTTPServerSettings(host: "127.0.0.1", port: 0)
    settings.drainLimit = .milliseconds(200)
    server = try HTTPServer(
      settings, logger: Logger(program: "test", level: .error), metrics: MetricsRegistry(),
      handler: { Self.handle($0, core) })
  }

  deinit { server.stop() }

  private static func handle(_ exchange: HTTPExchange, _ core: Core) {
    let request = Request(
      key: exchange.header("Idempotency-Key") ?? "", target: exchange.path + "?" + exchange.query,
      encoding: exchange.header("Content-Encoding"), authorization: exchange.header("Authorization"))
    let number = core.state.withLock { state in
      state.requests.append(request)
      return state.requests.count - 1
    }
    let fault = core.fault(number, request)
    if case .answer(let status, let headers, let text)? = fault {
      exchange.respond(.text(status, text, headers: headers))
      return
    }
    var body = Array(exchange.body)
    if request.encoding == "gzip" { body = (try? Gzip.decompress(body, limit: 64 << 20)) ?? [] }
    let (answer, samples) = read(body, request)
    let given = core.state.withLock { state in
      if let before = state.answers[request.key] { return before }
      if answer.status < 300 || answer.accepted >= 0 {
        state.answers[request.key] = answer
        state.samples += samples
      }
      return answer
    }
    if case .lost? = fault {
      exchange.respond(.text(503, "lost"))
      return
    }
    let headers = given.accepted >= 0 ? [("Daybook-Accepted", "\(given.accepted)")] : []
    exchange.respond(.json(given.status, given.body, headers: headers))
  }

  private static func read(
    _ body: [UInt8], _ request: Request
  ) -> (answer: (status: Int, accepted: Int, body: String), samples: [Parsed]) {
    request.target.hasPrefix("/v1/samples") ? readSamples(body) : readLines(body, request)
  }

  private static func readLines(
    _ body: [UInt8], _ request: Request
  ) -> (answer: (status: Int, accepted: Int, body: String), samples: [Parsed]) {
    let parser = LineParser(cache: HeadCache(), resolver: FakeResolver())
    let precision = request.target.contains("precision=s&") ? LinePrecision.seconds : .nanoseconds
    guard let outcome = try? body.withUnsafeBytes({ try parser.parse($0, precision: precision, serverTime: 0) }) else {
      return ((413, -1, "{}"), [])
    }
    let errors = outcome.rejected.map {
      "{\"line\":\($0.line ?? 0),\"code\":\"\($0.reason)\",\"detail\":\(JSONText.quoted($0.detail))}"
    }
    let total = outcome.rejectedByReason.values.reduce(0, +)
    let text =
      errors.isEmpty
      ? "" : "{\"error\":\"partial write\",\"errors\":[\(errors.joined(separator: ","))],\"rejected\":\(total)}"
    return ((errors.isEmpty ? 204 : 400, outcome.accepted, text), Parsed.all(outcome.batch))
  }

  private static func readSamples(
    _ body: [UInt8]
  ) -> (answer: (status: Int, accepted: Int, body: String), samples: [Parsed]) {
    let parser = SamplesParser(resolver: FakeResolver())
    do throws(SamplesBodyError) {
      let outcome = try body.withUnsafeBufferPointer { (bytes) throws(SamplesBodyError) in
        try parser.parse(UnsafeRawBufferPointer(bytes), format: .lines, precision: .milliseconds, serverTime: 0)
      }
      return ((201, outcome.accepted, "{}"), Parsed.all(outcome.batch))
    } catch {
      switch error {
      case .badSamples(let faults, let total):
        let errors = faults.map {
          "{\"index\":\($0.index),\"code\":\"\($0.fault.code)\",\"detail\":\(JSONText.quoted($0.fault.detail))}"
        }
        return (
          (422, -1, "{\"code\":\"bad-samples\",\"errors\":[\(errors.joined(separator: ","))],\"rejected\":\(total)}"),
          []
        )
      case .notJSON(let detail, _):
        return ((400, -1, "{\"code\":\"invalid-json\",\"detail\":\(JSONText.quoted(detail))}"), [])
      case .noSamples, .tooManyNewSeries: return ((422, -1, "{\"code\":\"no-samples\"}"), [])
      }
    }
  }
}
