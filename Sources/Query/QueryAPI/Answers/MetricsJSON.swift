import Queries
import ReadModels

/// `{"metrics": [{"name", "unit", "description", "kind", "series", "first", "last"}]}`; what nobody has said is null.
enum MetricsJSON {
  static func encode(_ answer: MetricsAnswer, limit: Int) throws(QueryError) -> [UInt8] {
    var json = JSONWriter(limit: limit)
    json.raw("{\"metrics\":[")
    for (index, metric) in answer.metrics.enumerated() {
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
      json.milliseconds(metric.span?.firstAt)
      json.raw(",\"last\":")
      json.milliseconds(metric.span?.lastAt)
      json.raw("}")
      try json.checkLimit()
    }
    json.raw("]}\n")
    return json.bytes
  }
}
