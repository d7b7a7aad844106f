/// Shows how far a part of a benchmark is. The program that a person looks at says how.
package struct BenchProgress {
  /// Makes one for `total` of something, called so: `("ingest", 5_000_000, "samples")`.
  package typealias Maker = (_ label: String, _ total: Int, _ unit: String) -> BenchProgress

  /// Told how many are done, ascending.
  package let show: (Int) -> Void
  package let end: () -> Void

  package init(show: @escaping (Int) -> Void, end: @escaping () -> Void) {
    self.show = show
    self.end = end
  }

  /// Shows nothing.
  package static func silent(_ label: String, _ total: Int, _ unit: String) -> BenchProgress {
    BenchProgress(show: { _ in }, end: {})
  }
}
