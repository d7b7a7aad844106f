/// Why a whole body is refused: nothing of it is stored. Final (reject); the text is meant for the client.
package enum LineBodyError: Error, Sendable, CustomStringConvertible {
  case tooManyNewSeries

  package var description: String {
    switch self {
    case .tooManyNewSeries:
      "cannot accept body: it has more than \(LineParser.newSeriesLimit) new series; send it in smaller batches"
    }
  }
}
