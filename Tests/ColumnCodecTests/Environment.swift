import Glibc

/// What the environment asks of the tests.
enum Environment {
  /// The long runs too.
  static var isFull: Bool { getenv("DAYBOOK_FULL") != nil }

  static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }
}
