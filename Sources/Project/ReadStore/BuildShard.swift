/// One shard of one build: what a lease, an epoch and a progress row are for.
package struct BuildShard: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let build: Int32
  package let shard: Int

  package init(build: Int32, shard: Int) {
    self.build = build
    self.shard = shard
  }

  /// By build, then by shard: the order in which several are taken.
  package static func < (a: Self, b: Self) -> Bool { (a.build, a.shard) < (b.build, b.shard) }

  package var description: String { "build \(build) shard \(shard)" }
}
