import TestSupport

extension SeededRandom {
  /// 0..<`bound`.
  mutating func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
