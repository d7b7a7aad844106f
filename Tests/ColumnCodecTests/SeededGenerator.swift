/// Random numbers that can be had again (SplitMix64): the seed is printed, and `DAYBOOK_TEST_SEED` sets it.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A fresh seed unless the environment has one; prints it with the test's name.
  init(for test: String) {
    let seed = Environment.number("DAYBOOK_TEST_SEED") ?? UInt64.random(in: .min ... .max)
    print("\(test): DAYBOOK_TEST_SEED=\(seed)")
    self.init(seed: seed)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
