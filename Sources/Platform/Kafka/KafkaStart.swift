import CKafka

/// Where reading of a partition begins.
package enum KafkaStart: Sendable, Hashable {
  case offset(Int64)
  /// The first message that the partition still has.
  case lowWatermark

  var raw: Int64 {
    switch self {
    case .offset(let offset): offset
    case .lowWatermark: Int64(RD_KAFKA_OFFSET_BEGINNING)
    }
  }
}
