import Queries
import ReadModels

/// `{"metrics": [{"name", "unit", "description", "kind", "series", "first", "last"}]}`; what nobody has said is null. As CSV
/// a row per metric, with these columns.
extension MetricsAnswer: WritableAnswer {
  func json(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    var json = JSONWriter(limit: style.limit)
    json.raw("{\"metrics\":[")
    for (index, metric) in metrics.enumerated() {
      json.raw(index == 0 ? "{\"name\":" : ",{\"name\":")
      json.string(metric.name)
      json.raw(",\"unit\":")
      json.text(metric.unit)
      json.raw(",\"description\":")
      json.text(metric.description)
      json.raw(",\"kind\":")
      json.text(metric.kind)
      json.raw(",\"series\":")
      json.integer(metric.series)
      json.raw(",\"first\":")
      json.time(metric.span?.firstAt, style.precision)
      json.raw(",\"last\":")
      json.time(metric.span?.lastAt, style.precision)
      json.raw("}")
      try json.checkLimit()
    }
    json.raw("]")
    json.next(next)
    json.raw("}\n")
    return json.bytes
  }

  func csv(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    var csv = CSVWriter(limit: style.limit)
    try csv.row(["name", "unit", "description", "kind", "series", "first", "last"])
    for metric in metrics {
      csv.text(metric.name)
      csv.text(metric.unit)
      csv.text(metric.description)
      csv.text(metric.kind)
      csv.integer(metric.series)
      csv.time(metric.span?.firstAt, style.precision)
      csv.time(metric.span?.lastAt, style.precision)
      try csv.endRow()
    }
    return csv.bytes
  }
}
