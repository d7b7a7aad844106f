/// For formats that the service reads: a batch goes out as it came.
final class PlainEncoder: BatchEncoding {
  func encode(_ batch: RawBatch) -> EncodedBatch {
    var encoded = EncodedBatch()
    encoded.body = batch.bytes
    return encoded
  }
}
