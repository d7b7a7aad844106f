import Queries

/// With `time` and `value`.
extension LatestAnswer: WritableAnswer {
  func json(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    try SeriesList.json(series, next, style) { series, json in
      json.labels(series.labels)
      json.raw(",\"time\":")
      json.time(series.time, style.precision)
      json.raw(",\"value\":")
      json.number(series.value)
    }
  }

  func csv(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    let columns = LabelColumns(labelKeys)
    return try SeriesList.csv(series, columns, ["time", "value"], style) { (series, csv) throws(QueryError) in
      csv.begin(columns.cells(series.labels))
      csv.time(series.time, style.precision)
      csv.sample(series.value)
      try csv.endRow()
    }
  }
}
