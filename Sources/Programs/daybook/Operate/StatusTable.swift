import JSON
import Runtime

/// The query service's `/v1/status` as a table.
struct StatusTable {
  let text: String

  /// Throws where `json` is not what the service answers.
  init(json: [UInt8]) throws {
    let parser = JSONParser()
    let root = try parser.parse(json).root
    var rows = [["projection", "build", "version", "", "events behind", "seconds behind", "position"]]
    for projection in root["projections"]?.elements.map(Array.init) ?? [] {
      for build in projection["builds"]?.elements.map(Array.init) ?? [] {
        let shards = build["shards"]?.elements.map(Array.init) ?? []
        let position = shards.reduce(Int64(0)) { $0 + ($1["position"]?.int64 ?? 0) }
        let lag = build["lag"]
        rows.append([
          projection["name"]?.string ?? "", build["schema"]?.string ?? "",
          build["version"]?.int64.map { "\($0)" } ?? "", build["active"]?.bool == true ? "active" : "",
          lag?["events"]?.int64.map { "\($0)" } ?? "unknown",
          lag?["seconds"]?.double.map { BenchReport.readable($0) } ?? "unknown",
          "\(position) in \(shards.count) shards",
        ])
      }
    }
    var text = "\(root["store"]?.string ?? "unknown store")\n"
    if let problem = root["lagProblem"]?.string { text += "lag is unknown: \(problem)\n" }
    text += "\n" + Self.aligned(rows)
    self.text = withExtendedLifetime(parser) { text }
  }

  private static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
