import Queries
import ReadModels

/// With `first` and `last`: null, in CSV empty, while a series has no number.
extension SeriesAnswer: WritableAnswer {
  func json(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    try SeriesList.json(series, next, style) { series, json in
      json.labels(series.labels)
      json.raw(",\"first\":")
      json.time(series.span?.firstAt, style.precision)
      json.raw(",\"last\":")
      json.time(series.span?.lastAt, style.precision)
    }
  }

  func csv(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    let columns = LabelColumns(labelKeys)
    return try SeriesList.csv(series, columns, ["first", "last"], style) { (series, csv) throws(QueryError) in
      csv.begin(columns.cells(series.labels))
      csv.time(series.span?.firstAt, style.precision)
      csv.time(series.span?.lastAt, style.precision)
      try csv.endRow()
    }
  }
}
