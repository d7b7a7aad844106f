package import Commands

/// What a body of samples holds, all of it good.
package struct SamplesOutcome: Sendable {
  /// In the order sent within each shard.
  package let batch: SampleBatch
  package let accepted: Int
  /// Integers that a Float64 cannot hold exactly.
  package let roundedIntegers: Int
}
