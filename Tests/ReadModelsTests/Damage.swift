/// Bytes as a broken disk or a liar would hand them over.
enum Damage {
  /// Some bytes changed, cut off, or added.
  static func damaged(_ bytes: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8] {
    var bytes = bytes
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
    case 1: bytes += (0..<Int.random(in: 1..<20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    default:
      // The beginning is where the counts are.
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let limit = Bool.random(using: &random) ? min(24, bytes.count) : bytes.count
        bytes[Int.random(in: 0..<limit, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
    }
    return bytes
  }
}
