/// How far a run is.
package struct SendProgress: Sendable {
  /// Of the file as it lies on disk.
  package let bytesDone: Int
  /// Nil where that is not known.
  package let bytesTotal: Int?
  /// Bytes that an earlier run had done.
  package let bytesBefore: Int
  /// Samples acknowledged in this run.
  package let accepted: Int
  package let rejected: Int
  package let seconds: Double
  /// Why the service does not take anything now; nil while all is well.
  package let problem: String?
}
