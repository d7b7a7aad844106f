import JSON
import Runtime

/// How far a run has come: what `--resume` goes on from. As JSON, so that people can read it.
struct SendState: Equatable {
  static let version = 1
  /// The service keeps idempotency keys for 24 hours; an hour is left for clocks that differ.
  static let keysKept: Int64 = 23 * 3_600 * 1_000_000_000

  /// Tells this run's requests from all others: the first part of their idempotency keys.
  var run: String
  let endpoint: String
  /// All that decides what is sent for an input.
  let parameters: [String]
  let inputIdentity: String
  /// Tells one token from another without telling the token.
  var tokenMark: String
  var offset: Int
  var line: Int
  var totals = SendTotals()
  /// Bytes of the file of rejected records.
  var rejectedBytes = 0
  /// Since when the batch at `offset` may be stored already; nanoseconds since 1970.
  var pendingSince: Int64

  var json: String {
    let texts = parameters.map { JSONText.quoted($0) }.joined(separator: ", ")
    let reasons = totals.reasons.sorted { $0.key < $1.key }.map { name, reason in
      "{\"reason\": \(JSONText.quoted(name)), \"count\": \(reason.count), \"lines\": \(reason.lines), "
        + "\"detail\": \(JSONText.quoted(reason.detail))}"
    }
    return """
      {
        "version": \(Self.version),
        "run": \(JSONText.quoted(run)),
        "endpoint": \(JSONText.quoted(endpoint)),
        "parameters": [\(texts)],
        "input": \(JSONText.quoted(inputIdentity)),
        "token": \(JSONText.quoted(tokenMark)),
        "offset": \(offset),
        "line": \(line),
        "accepted": \(totals.accepted),
        "rejected": \(totals.rejected),
        "records": \(totals.records),
        "emptyValues": \(totals.emptyValues),
        "ambiguousTimes": \(totals.ambiguousTimes),
        "missingTimes": \(totals.missingTimes),
        "reasons": [\(reasons.joined(separator: ", "))],
        "rejectedBytes": \(rejectedBytes),
        "pendingSince": \(pendingSince)
      }

      """
  }

  init(
    run: String, endpoint: String, parameters: [String], inputIdentity: String, tokenMark: String, offset: Int,
    line: Int,
    pendingSince: Int64
  ) {
    self.run = run
    self.endpoint = endpoint
    self.parameters = parameters
    self.inputIdentity = inputIdentity
    self.tokenMark = tokenMark
    self.offset = offset
    self.line = line
    self.pendingSince = pendingSince
  }

  /// Nil where `bytes` are no state that this version wrote.
  init?(json bytes: [UInt8]) {
    let parser = JSONParser()
    guard let document = try? parser.parse(bytes) else { return nil }
    defer { withExtendedLifetime(document) {} }
    let root = document.root
    func number(_ name: String) -> Int? { root[name]?.int64.flatMap { $0 >= 0 ? Int($0) : nil } }
    guard root["version"]?.int64 == Int64(Self.version), let run = root["run"]?.string,
      let endpoint = root["endpoint"]?.string, let parameters = root["parameters"]?.elements.map(Array.init),
      let input = root["input"]?.string, let token = root["token"]?.string, let offset = number("offset"),
      let line = number("line"), let accepted = number("accepted"), let rejected = number("rejected"),
      let records = number("records"), let emptyValues = number("emptyValues"),
      let ambiguousTimes = number("ambiguousTimes"), let missingTimes = number("missingTimes"),
      let rejectedBytes = number("rejectedBytes"), let pendingSince = root["pendingSince"]?.int64,
      let reasons = root["reasons"]?.elements.map(Array.init)
    else { return nil }
    self.run = run
    self.endpoint = endpoint
    self.parameters = parameters.compactMap(\.string)
    inputIdentity = input
    tokenMark = token
    self.offset = offset
    self.line = line
    self.rejectedBytes = rejectedBytes
    self.pendingSince = pendingSince
    totals.accepted = accepted
    totals.rejected = rejected
    totals.records = records
    totals.emptyValues = emptyValues
    totals.ambiguousTimes = ambiguousTimes
    totals.missingTimes = missingTimes
    for reason in reasons {
      guard let name = reason["reason"]?.string, let count = reason["count"]?.int64 else { return nil }
      totals.reasons[name] = SendTotals.Reason(
        count: Int(count), lines: reason["lines"]?.elements?.compactMap { $0.int64.map(Int.init) } ?? [],
        detail: reason["detail"]?.string ?? "")
    }
  }

  /// Why a run with `other`'s beginnings must not go on from here; nil where it may. `now`: nanoseconds since 1970.
  func refusal(of other: SendState, mode: SendMode, now: Int64) -> String? {
    if endpoint != other.endpoint { return "it was being sent to \(endpoint), and now it would be \(other.endpoint)" }
    if inputIdentity != other.inputIdentity { return "the input has changed since" }
    if parameters != other.parameters {
      let before = parameters.filter { !other.parameters.contains($0) }.joined(separator: ", ")
      let after = other.parameters.filter { !parameters.contains($0) }.joined(separator: ", ")
      return
        "it was begun with other flags: \(before.isEmpty ? "none" : before), and now: \(after.isEmpty ? "none" : after)"
    }
    if tokenMark != other.tokenMark {
      return "it was begun with another token, and whether a batch is stored already is known for each token apart"
    }
    if mode == .observe, now - pendingSince > Self.keysKept {
      return
        "it stopped more than \(Self.keysKept / 3_600_000_000_000) hours ago: the service no longer knows whether the "
        + "batches after byte \(offset) (line \(line)) are stored, and in observe mode they would count twice"
    }
    return nil
  }
}
