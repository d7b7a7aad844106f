package import Queries

/// A request, understood: what is asked, what the answer must have read, and how it is to say times.
package struct QueryRequest<Question: Sendable>: Sendable {
  package var question: Question
  package let after: AfterCondition?
  package let precision: TimePrecision
}
