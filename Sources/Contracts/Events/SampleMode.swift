/// What recording a sample does to one that its series has at the same time.
package enum SampleMode: UInt8, Sendable, CaseIterable {
  /// It takes its place: what metrics protocols mean.
  case replace = 1
  /// Both stay: two purchases in the same millisecond are two.
  case observe = 2
}
