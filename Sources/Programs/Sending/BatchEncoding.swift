/// Makes requests' bodies of batches. Confined to one thread.
protocol BatchEncoding: AnyObject {
  func encode(_ batch: RawBatch) -> EncodedBatch
}

extension CSVEncoder: BatchEncoding {
  func encode(_ batch: RawBatch) -> EncodedBatch {
    batch.bytes.withUnsafeBytes { encode($0, firstLine: batch.firstLine) }
  }
}
