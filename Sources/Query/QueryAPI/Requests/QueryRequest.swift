package import Queries

/// A request, understood: what is asked, and what the answer must have read.
package struct QueryRequest<Question: Sendable>: Sendable {
  package let question: Question
  package let after: AfterCondition?
}
