import Events
import Queries

/// `{"name", "step", "tz"?, "from", "to", "position", "series": [{"labels": {}, "time": [], "avg": [] …}]}`; as CSV a row per
/// point: labels, `time`, the aggregates.
extension TimelineAnswer: WritableAnswer {
  var next: NextPage { .notPaged }

  func json(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    var json = JSONWriter(limit: style.limit)
    json.raw("{\"name\":")
    json.string(name)
    json.raw(",\"step\":")
    json.string(zone == nil ? step.seconds : "day")
    if let zone {
      json.raw(",\"tz\":")
      json.string(zone.text)
    }
    json.raw(",\"from\":")
    json.time(from, style.precision)
    json.raw(",\"to\":")
    json.time(to, style.precision)
    json.raw(",\"position\":")
    json.string(position.description)
    json.raw(",\"series\":[")
    for (index, line) in lines.enumerated() {
      if index > 0 { json.raw(",") }
      write(line, style.precision, &json)
      try json.checkLimit()
    }
    json.raw("]}\n")
    return json.bytes
  }

  private func write(_ line: TimelineLine, _ precision: TimePrecision, _ json: inout JSONWriter) {
    json.raw("{\"labels\":")
    json.labels(line.labels)
    json.raw(",\"time\":")
    json.array(line.times) { $0.time($1, precision) }
    for (kind, column) in zip(aggregates, line.columns) {
      json.key(kind.rawValue, isFirst: false)
      json.array(column) { $0.number($1) }
    }
    json.raw("}")
  }

  func csv(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    var csv = CSVWriter(limit: style.limit)
    let columns = LabelColumns(labelKeys)
    try csv.row(columns.header(["time"] + aggregates.map(\.rawValue)))
    for line in lines {
      let cells = columns.cells(line.labels)
      for (row, time) in line.times.enumerated() {
        csv.begin(cells)
        csv.time(time, style.precision)
        for column in line.columns { csv.point(column[row]) }
        try csv.endRow()
      }
    }
    return csv.bytes
  }
}
