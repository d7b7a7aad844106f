import Queries

/// What the answers that list series have in common: `{"series": [{"labels": {}, …}]}`, or CSV with the columns of labels
/// first.
enum SeriesList {
  static func json<Element>(
    _ elements: [Element], _ next: NextPage, _ style: AnswerStyle, _ write: (Element, inout JSONWriter) -> Void
  ) throws(QueryError) -> [UInt8] {
    var json = JSONWriter(limit: style.limit)
    json.raw("{\"series\":[")
    for (index, element) in elements.enumerated() {
      json.raw(index == 0 ? "{\"labels\":" : ",{\"labels\":")
      write(element, &json)
      json.raw("}")
      try json.checkLimit()
    }
    json.raw("]")
    json.next(next)
    json.raw("}\n")
    return json.bytes
  }

  /// - Parameter write: writes the rows of an element.
  static func csv<Element>(
    _ elements: [Element], _ columns: LabelColumns, _ others: [String], _ style: AnswerStyle,
    _ write: (Element, inout CSVWriter) throws(QueryError) -> Void
  ) throws(QueryError) -> [UInt8] {
    var csv = CSVWriter(limit: style.limit)
    try csv.row(columns.header(others))
    for element in elements { try write(element, &csv) }
    return csv.bytes
  }
}
