import Foundation

/// Foundation's encoder, so that ours is not tested by itself.
enum TestBase64 {
  static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
