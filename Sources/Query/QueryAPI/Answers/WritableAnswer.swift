import Events
import Queries

/// An answer that can be written in every format.
protocol WritableAnswer: SendableMetatype {
  /// What is in it.
  var position: PositionToken { get }
  /// What follows it.
  var next: NextPage { get }

  func json(_ style: AnswerStyle) throws(QueryError) -> [UInt8]
  func csv(_ style: AnswerStyle) throws(QueryError) -> [UInt8]
}

extension WritableAnswer {
  func body(_ style: AnswerStyle) throws(QueryError) -> [UInt8] {
    switch style.format {
    case .json: try json(style)
    case .csv: try csv(style)
    }
  }
}
