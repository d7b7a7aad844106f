/// A request's body and what it was made of.
struct EncodedBatch {
  var body: [UInt8] = []
  /// Samples in `body`; 0 where it goes out as it came.
  var samples = 0
  /// Records of the input, blank lines left out.
  var records = 0
  /// The line of the input for each line of `body`, less the batch's first line; empty where they are the same.
  var lines: [UInt32] = []
  /// What is not in `body`.
  var rejected: [RejectedRecord] = []
  var emptyValues = 0
  var ambiguousTimes = 0
  var missingTimes = 0

  /// The line of the input, less the batch's first line, that line `index` (from 0) of `body` was made of.
  func line(at index: Int) -> Int {
    if lines.isEmpty { return index }
    return lines.indices.contains(index) ? Int(lines[index]) : 0
  }
}
