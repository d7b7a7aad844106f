import Queries
import ReadModels

/// With the columns `time` and `value`; as CSV a row per sample.
extension SamplesAnswer: WritableAnswer {
  func json(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    try SeriesList.json(series, next, style) { series, json in
      json.labels(series.labels)
      json.raw(",\"time\":")
      json.array(series.samples.times) { $0.time($1, style.precision) }
      json.raw(",\"value\":")
      json.array(series.samples.values) { $0.number($1) }
    }
  }

  func csv(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    let columns = LabelColumns(labelKeys)
    return try SeriesList.csv(series, columns, ["time", "value"], style) { (series, csv) throws(QueryError) in
      let cells = columns.cells(series.labels)
      for (time, value) in zip(series.samples.times, series.samples.values) {
        csv.begin(cells)
        csv.time(time, style.precision)
        csv.sample(value)
        try csv.endRow()
      }
    }
  }
}
