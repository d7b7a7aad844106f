import Commands
import Postgres
import Runtime

/// The rejected samples of one group, as rows.
struct RejectedRows {
  private var commandIDs: [(high: UInt64, low: UInt64)] = []
  private var actors: [String] = []
  private var protocols: [String] = []
  private var lines: [Int32] = []
  private var reasons: [String] = []
  private var details: [String] = []

  init(_ commands: [PreparedCommand]) {
    for command in commands {
      for rejected in command.rejected {
        commandIDs.append((command.id.high, command.id.low))
        actors.append(command.actor)
        protocols.append(command.protocol)
        lines.append(rejected.line.map { Int32(clamping: max(0, $0)) } ?? -1)
        reasons.append(Self.storable(rejected.reason))
        details.append(Self.storable(rejected.detail))
      }
    }
  }

  var isEmpty: Bool { commandIDs.isEmpty }

  func add(to pipeline: inout PostgresPipeline, at time: Int64) throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.int64(time)
    parameters.uuidArray(commandIDs)
    parameters.textArray(actors)
    parameters.textArray(protocols)
    parameters.int32Array(lines)
    parameters.textArray(reasons)
    parameters.textArray(details)
    try pipeline.add(AppendStatements.insertRejected, parameters)
  }

  /// Cut to the limit at a character's end, and without NUL, which Postgres' text cannot hold: a detail quotes what a
  /// client sent.
  private static func storable(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var bytes = 0
    for scalar in text.unicodeScalars {
      bytes += UTF8.width(scalar)
      if bytes > RejectedSample.detailLimit { break }
      kept.append(scalar == "\0" ? "\u{FFFD}" : scalar)
    }
    return String(kept)
  }
}
