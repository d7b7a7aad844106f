/// What became of one batch.
package struct BatchOutcome: Sendable {
  package var accepted = 0
  var records = 0
  package var rejected: [RejectedRecord] = []
  /// Rejected by the service, which names only the first ones of a request.
  var unnamedRejected = 0
  var emptyValues = 0
  var ambiguousTimes = 0
  var missingTimes = 0

  package init() {}

  /// What is known before the batch is sent.
  init(_ batch: EncodedBatch) {
    records = batch.records
    rejected = batch.rejected
    emptyValues = batch.emptyValues
    ambiguousTimes = batch.ambiguousTimes
    missingTimes = batch.missingTimes
  }
}
