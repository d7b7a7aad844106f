import HTTPClient
import Hashing
import Runtime

/// Keeps on disk how far a run has come, and what it rejected. Confined to one thread.
final class SendJournal {
  private(set) var state: SendState
  /// Where an earlier run stopped; nil: this one began at the first record.
  let resumedAt: Int?
  private let file: StateFile?
  private let rejected: RejectedFile?
  private var isWritten = false

  /// Decides where to begin, and has it on disk. Throws where an earlier run must be looked at first.
  init(_ settings: SendSettings, _ input: InputSource, firstOffset: Int, firstLine: Int) throws(SendError) {
    let file = settings.isDryRun ? nil : settings.stateFile.map { StateFile(path: $0) }
    self.file = file
    let stored = try Self.stored(file)
    var fresh = SendState(
      run: "send-\(UUIDv7())", endpoint: settings.endpoint.description, parameters: settings.parameters,
      inputIdentity: input.identity, tokenMark: "", offset: firstOffset, line: firstLine, pendingSince: WallClock.now)
    switch settings.beginning {
    case .resume:
      let old = try Self.resumable(stored, file)
      fresh.run = old.run
      fresh.tokenMark = Self.mark(fresh.run, settings.token)
      if let refusal = old.refusal(of: fresh, mode: settings.mode, now: WallClock.now) {
        throw SendError("cannot resume \(input.path): \(refusal). Begin anew with --restart")
      }
      state = old
      resumedAt = old.offset
    case .fresh where stored != nil:
      throw SendError(
        "an earlier run of \(input.path) did not end (its state is in \(file?.path ?? "")): go on with --resume, or "
          + "begin anew with --restart")
    case .fresh, .restart:
      fresh.tokenMark = Self.mark(fresh.run, settings.token)
      state = fresh
      resumedAt = nil
    }
    let keep = resumedAt == nil ? nil : state.rejectedBytes
    if let path = settings.rejectedFile { rejected = try RejectedFile(path, keep: keep) } else { rejected = nil }
    state.rejectedBytes = rejected?.size ?? 0
    try file?.write(state.json)
  }

  /// To be called with the watermark and all that was rejected before it, since the last call.
  func record(_ watermark: Watermark, rejected records: [RejectedRecord]) throws(SendError) {
    try rejected?.append(records)
    guard watermark.offset != state.offset || !records.isEmpty else { return }
    if !records.isEmpty { rejected?.sync() }
    state.offset = watermark.offset
    state.line = watermark.line
    state.totals = watermark.totals
    state.rejectedBytes = rejected?.size ?? 0
    state.pendingSince = watermark.pendingSince ?? WallClock.now
    try file?.write(state.json)
  }

  /// The run is complete: nothing is left to resume.
  func finish() { file?.remove() }

  private static func stored(_ file: StateFile?) throws(SendError) -> [UInt8]? {
    guard let file else { return nil }
    return try file.read()
  }

  private static func resumable(_ stored: [UInt8]?, _ file: StateFile?) throws(SendError) -> SendState {
    guard let file else {
      throw SendError("there is no state to resume from: with standard input say --state FILE in every run")
    }
    guard let stored else {
      throw SendError("there is nothing to resume: no state in \(file.path); leave --resume out to begin")
    }
    guard let state = SendState(json: stored) else {
      throw SendError(
        "cannot resume: \(file.path) is damaged, or of another version of daybook. Begin anew with --restart")
    }
    return state
  }

  /// A short text that tells one token from another and does not tell the token.
  private static func mark(_ run: String, _ token: String?) -> String {
    guard let token else { return "" }
    return SHA256.hash(Array((run + " " + token).utf8)).prefix(4).map { String($0, radix: 16) }.joined(separator: "-")
  }
}
