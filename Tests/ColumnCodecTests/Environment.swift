import Glibc

/// What the environment asks of the tests.
enum Environment {
  /// The long runs too.
  static var isFull: Bool { getenv("DAYBOOK_FULL") != nil }
}
