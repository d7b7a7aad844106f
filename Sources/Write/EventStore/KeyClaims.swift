import Commands
import Events
import Postgres
import Runtime

/// The idempotency keys of one group, each once: how they are claimed, and what is found where they had been claimed before.
struct KeyClaims {
  private struct Claim {
    let identity: IdempotencyIdentity
    let request: IdempotencyRequest
    /// Index in the group.
    let command: Int
  }

  /// Sorted, so that all services lock keys in one order.
  private let claims: [Claim]
  private let group: [PendingCommand]

  init(_ group: [PendingCommand]) {
    self.group = group
    var claims: [Claim] = []
    for (index, command) in group.enumerated() {
      guard let request = command.prepared.idempotency else { continue }
      claims.append(Claim(identity: IdempotencyIdentity(request), request: request, command: index))
    }
    self.claims = claims.isEmpty ? claims : claims.sorted { $0.identity < $1.identity }
  }

  var isEmpty: Bool { claims.isEmpty }

  /// Adds `claimKeys` and `readKeys`; the result of the second is for `endings(_:)`.
  func add(to pipeline: inout PostgresPipeline, now: Int64) throws(PostgresError) {
    var claim = PostgresParameters()
    claim.textArray(claims.map(\.request.actor))
    claim.textArray(claims.map(\.request.key))
    claim.uuidArray(claims.map { (group[$0.command].prepared.id.high, group[$0.command].prepared.id.low) })
    claim.byteaArray(claims.map(\.request.fingerprint))
    claim.int64(now)
    try pipeline.add(AppendStatements.claimKeys, claim)
    var read = PostgresParameters()
    read.textArray(claims.map(\.request.actor))
    read.textArray(claims.map(\.request.key))
    try pipeline.add(AppendStatements.readKeys, read)
  }

  /// By index in the group: how those commands end whose key was there before. Those that are missing hold their key now.
  func endings(_ result: PostgresResult) throws(PostgresError) -> [Int: GroupAnswer.Ending] {
    var endings: [Int: GroupAnswer.Ending] = [:]
    for row in 0..<result.rowCount {
      let place = Int(try result.int64(row, 0)) - 1
      guard claims.indices.contains(place) else { continue }
      let claim = claims[place]
      let isOurs =
        try result.uuid(row, 1) == (group[claim.command].prepared.id.high, group[claim.command].prepared.id.low)
      if result.isNull(row, 3), isOurs { continue }
      endings[claim.command] = try ending(result, row, claim)
    }
    return endings
  }

  private func ending(
    _ result: PostgresResult, _ row: Int, _ claim: Claim
  ) throws(PostgresError) -> GroupAnswer.Ending {
    guard try result.byteArray(row, 2) == claim.request.fingerprint else { return .failed(.keyReused) }
    guard !result.isNull(row, 3), let answer = StoredAnswer.decode(try result.byteArray(row, 3)) else {
      throw PostgresError("read the answer of an idempotency key", message: "the stored answer is damaged or missing")
    }
    return .replayed(.replayed(answer))
  }

  /// Adds `answerKeys` for the claims whose commands are in `answers` (by index in the group).
  func addAnswers(
    _ answers: [Int: StoredAnswer], to pipeline: inout PostgresPipeline
  ) throws(PostgresError) {
    let held = claims.filter { answers[$0.command] != nil }
    guard !held.isEmpty else { return }
    var parameters = PostgresParameters()
    parameters.textArray(held.map(\.request.actor))
    parameters.textArray(held.map(\.request.key))
    parameters.byteaArray(held.map { answers[$0.command]?.encode() ?? [] })
    try pipeline.add(AppendStatements.answerKeys, parameters)
  }
}
