import ReadModels

/// One recorded sample, as an event would say it.
struct SampleOperation {
  var slot: UInt16
  var kind: ChangeKind
  var time: Int64
  var value: Double
}

/// Where random operations lie and what their values are.
struct OperationShape {
  var count = 300
  var slots: ClosedRange<UInt16> = 0...3
  /// Times are multiples of this many nanoseconds.
  var grain: Int64 = 1_000_000_000
  var times: ClosedRange<Int64> = -4_000_000_000_000...9_000_000_000_000
  var kinds: [ChangeKind] = [.replace, .observe]

  private static let nasty: [Double] = [
    .nan, -.nan, Double(bitPattern: 0x7ff0_0000_0000_0002), .infinity, -.infinity, 0.0, -0.0, .leastNonzeroMagnitude,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
  ]

  func operations(_ random: inout some RandomNumberGenerator) -> [SampleOperation] {
    (0..<count).map { _ in
      let time = Int64.random(in: times, using: &random)
      return SampleOperation(
        slot: .random(in: slots, using: &random), kind: kinds.randomElement(using: &random) ?? .replace,
        time: time - time % grain, value: value(&random))
    }
  }

  private func value(_ random: inout some RandomNumberGenerator) -> Double {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: Self.nasty.randomElement(using: &random) ?? 0
    case 1: Double.random(in: -1...1, using: &random)
    default: Double(Int.random(in: 0..<10_000, using: &random)) / 100
    }
  }
}
