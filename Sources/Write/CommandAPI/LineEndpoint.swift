import Commands
import Events
import HTTPServer
import LineProtocol
import Runtime

/// `POST /write` and `POST /api/v2/write`: InfluxDB line protocol, in replace mode unless `mode=observe` asks for the
/// other. The good lines of a bad batch are stored, then the answer is 400 with the bad ones. The content type and the
/// names of databases, buckets and organisations are ignored.
struct LineEndpoint: Sendable {
  private let submission: CommandSubmission
  private let bodyLimit: Int
  private let parsers: ThreadOwned<LineParser>

  init(_ submission: CommandSubmission, settings: CommandSettings, cache: HeadCache) {
    self.submission = submission
    bodyLimit = settings.bodyLimit
    let resolver = submission.appender.resolver
    parsers = ThreadOwned { LineParser(cache: cache, resolver: resolver) }
  }

  func handle(_ exchange: HTTPExchange, _ answer: RequestAnswer) throws(RequestFault) {
    let dialect = answer.dialect
    let parameters = QueryParameters(exchange.queryItems())
    let precision = try Self.precision(parameters, dialect)
    let mode = try Self.mode(parameters)
    let coding = try ContentCoding(exchange.header("Content-Encoding"), accepted: [.gzip])
    let request = try CommandRequest(exchange, protocol: "line")
    let outcome = try coding.decoded(exchange.body, limit: bodyLimit) { (body) throws(RequestFault) in
      try parse(body, precision)
    }
    count(outcome)
    let fault = outcome.rejectedLines > 0 ? PartialWrite.fault(outcome, dialect) : nil
    submission.submit(
      .record(
        RecordCommand(
          mode: mode, metadata: request.metadata, batch: outcome.batch, rejected: outcome.rejected,
          idempotency: request.idempotency, answer: { Self.answer($0, fault: fault, dialect) })),
      answer: answer)
  }

  private func parse(_ body: UnsafeRawBufferPointer, _ precision: LinePrecision) throws(RequestFault) -> LineOutcome {
    do throws(LineBodyError) {
      return try parsers.value.parse(body, precision: precision, serverTime: WallClock.now)
    } catch {
      throw RequestFault(413, "too-many-new-series", error.description)
    }
  }

  private func count(_ outcome: LineOutcome) {
    let metrics = submission.metrics
    if outcome.skippedTexts > 0 { metrics.skippedTexts.add(outcome.skippedTexts) }
    if outcome.roundedIntegers > 0 { metrics.roundedIntegers.add(outcome.roundedIntegers) }
    for (reason, count) in outcome.rejectedByReason { metrics.rejected(count, protocol: "line", reason: reason) }
  }

  /// An empty parameter counts as absent, as with InfluxDB.
  private static func precision(
    _ parameters: QueryParameters, _ dialect: Dialect
  ) throws(RequestFault) -> LinePrecision {
    guard let name = parameters.value("precision") else { return .nanoseconds }
    if case .influx2 = dialect {
      if let precision = LinePrecision(version2: name) { return precision }
      throw RequestFault(
        400, "invalid-precision",
        "invalid precision \"\(name.prefix(20))\"; valid precision units are ns, us, ms, and s")
    }
    if let precision = LinePrecision(version1: name) { return precision }
    throw RequestFault(
      400, "invalid-precision", "invalid precision \"\(name.prefix(20))\" (use n, ns, u, us, ms, s, m or h)")
  }

  private static func mode(_ parameters: QueryParameters) throws(RequestFault) -> SampleMode {
    guard let mode = parameters.value("mode") else { return .replace }
    return try SampleModeText.parse(mode)
  }

  private static func answer(_ receipt: AppendReceipt, fault: RequestFault?, _ dialect: Dialect) -> StoredAnswer {
    let headers = ReceiptHeaders.make(receipt)
    guard let fault else {
      return StoredAnswer(status: 204, headers: headers + InfluxHeaders.make(request: receipt.commandID))
    }
    let response = dialect.response(fault, request: receipt.commandID)
    return StoredAnswer(status: response.status, headers: headers + response.headers, body: response.body)
  }
}
