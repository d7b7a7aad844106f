/// Secrets as they are handed out.
enum TokenSecret {
  /// Tells people, and scanners for leaked secrets, what this is.
  private static let prefix = "daybook_"
  /// Words of 8 bytes of randomness.
  private static let strength = 4

  /// `daybook_` and 43 characters of base64url: 256 bits of the kernel's randomness (getrandom(2), which is what Swift's
  /// system generator reads).
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<strength).flatMap { _ in
      withUnsafeBytes(of: generator.next()) { Array($0) }
    }
    return prefix + Base64.encodeForURL(bytes)
  }
}
