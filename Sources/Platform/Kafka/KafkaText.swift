/// Texts of C.
enum KafkaText {
  /// Up to the first NUL.
  static func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Milliseconds of a duration, for librdkafka's time-outs; at least 0.
  static func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds.multipliedReportingOverflow(by: 1_000)
    if milliseconds.overflow { return seconds < 0 ? 0 : .max }
    return Int32(clamping: max(0, milliseconds.partialValue + attoseconds / 1_000_000_000_000_000))
  }
}
