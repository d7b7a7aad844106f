import Events
import Queries

/// `{"name", "step", "from", "to", "position", "series": [{"labels": {}, "time": [], "avg": [] …}]}`
enum TimelineJSON {
  static func encode(_ answer: TimelineAnswer, limit: Int) throws(QueryError) -> [UInt8] {
    var json = JSONWriter(limit: limit)
    json.raw("{\"name\":")
    json.string(answer.name)
    json.raw(",\"step\":")
    json.string(answer.step.seconds)
    json.raw(",\"from\":")
    json.milliseconds(answer.from)
    json.raw(",\"to\":")
    json.milliseconds(answer.to)
    json.raw(",\"position\":")
    json.string(answer.position.description)
    json.raw(",\"series\":[")
    for (index, line) in answer.lines.enumerated() {
      if index > 0 { json.raw(",") }
      encode(line, answer.aggregates, &json)
      try json.checkLimit()
    }
    json.raw("]}\n")
    return json.bytes
  }

  private static func encode(_ line: TimelineLine, _ aggregates: [AggregateKind], _ json: inout JSONWriter) {
    json.raw("{\"labels\":")
    json.labels(line.labels)
    json.raw(",\"time\":")
    json.array(line.times) { $0.milliseconds($1) }
    for (kind, column) in zip(aggregates, line.columns) {
      json.key(kind.rawValue, isFirst: false)
      json.array(column) { $0.number($1) }
    }
    json.raw("}")
  }
}
