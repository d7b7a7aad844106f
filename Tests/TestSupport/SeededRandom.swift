import Glibc

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014) from a seed that is printed, so
/// that a failure can be had again: `DAYBOOK_TEST_SEED=… swift test --filter …`.
package struct SeededRandom: RandomNumberGenerator {
  package let seed: UInt64
  private var state: UInt64

  package init(_ test: String = #function) {
    let asked = getenv("DAYBOOK_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
    self.init(seed: asked ?? .random(in: 0...UInt64.max))
    print("\(test): DAYBOOK_TEST_SEED=\(seed)")
  }

  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
