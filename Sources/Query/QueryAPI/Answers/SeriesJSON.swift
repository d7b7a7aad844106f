import Queries
import ReadModels

/// The answers that list series: `{"series": [{"labels": {}, …}]}`.
enum SeriesJSON {
  /// With `first` and `last`: null while a series has no number.
  static func encode(_ answer: SeriesAnswer, limit: Int) throws(QueryError) -> [UInt8] {
    try encode(answer.series, limit) { series, json in
      json.labels(series.labels)
      json.raw(",\"first\":")
      json.milliseconds(series.span?.firstAt)
      json.raw(",\"last\":")
      json.milliseconds(series.span?.lastAt)
    }
  }

  /// With `time` and `value`.
  static func encode(_ answer: LatestAnswer, limit: Int) throws(QueryError) -> [UInt8] {
    try encode(answer.series, limit) { series, json in
      json.labels(series.labels)
      json.raw(",\"time\":")
      json.milliseconds(series.time)
      json.raw(",\"value\":")
      json.number(series.value)
    }
  }

  /// With the columns `time` and `value`.
  static func encode(_ answer: SamplesAnswer, limit: Int) throws(QueryError) -> [UInt8] {
    try encode(answer.series, limit) { series, json in
      json.labels(series.labels)
      json.raw(",\"time\":")
      json.array(series.samples.times) { $0.milliseconds($1) }
      json.raw(",\"value\":")
      json.array(series.samples.values) { $0.number($1) }
    }
  }

  private static func encode<Element>(
    _ elements: [Element], _ limit: Int, _ write: (Element, inout JSONWriter) -> Void
  ) throws(QueryError) -> [UInt8] {
    var json = JSONWriter(limit: limit)
    json.raw("{\"series\":[")
    for (index, element) in elements.enumerated() {
      json.raw(index == 0 ? "{\"labels\":" : ",{\"labels\":")
      write(element, &json)
      json.raw("}")
      try json.checkLimit()
    }
    json.raw("]}\n")
    return json.bytes
  }
}
