/// What a sample does to one that its series has at the same time already.
package enum SendMode: String, Sendable {
  /// Both count.
  case observe
  /// It takes the other's place.
  case replace
}
