/// Values as integers over a power of ten, exactly.
enum DecimalExponent {
  /// 10^22 is the last power of ten that a Float64 holds exactly; above 18 no integer of 2^53 is worth it.
  static let limit = 18
  /// Integers up to here are exact in a Float64; dividing two exact numbers rounds once, and correctly, everywhere.
  private static let integerLimit: Double = 0x1p53
  /// How many values decide on the exponent of a column.
  private static let sampleCount = 32

  private static let scales: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
  ]

  /// 10^exponent.
  static func scale(_ exponent: Int) -> Double { scales[exponent] }

  /// The integer i with i / scale equal to the value bit by bit; nil when there is none, as for NaN, infinities and -0.
  @inline(__always)
  static func integer(_ value: Double, _ scale: Double) -> Int64? {
    let scaled = value * scale
    guard scaled.magnitude <= integerLimit else { return nil }
    // Adding half and truncating: `rounded()` is a call on plain x86-64. Where it errs the check below notices.
    let integer = Int64(scale == 1 ? scaled : scaled + (scaled < 0 ? -0.5 : 0.5))
    return (Double(integer) / scale).bitPattern == value.bitPattern ? integer : nil
  }

  /// The exponent that makes the sampled values shortest, or nil when raw bits are shorter.
  static func choose(_ values: UnsafeBufferPointer<Double>) -> Int? {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: sampleCount) { sample in
      let count = take(values, sample)
      let sample = UnsafeBufferPointer(start: sample.baseAddress, count: count)
      var tried: UInt32 = 0
      var best: Int?
      var bestCost = count * 64
      for value in sample {
        guard let exponent = smallest(value), tried & 1 << UInt32(exponent) == 0 else { continue }
        tried |= 1 << UInt32(exponent)
        let cost = cost(sample, exponent)
        if cost < bestCost || (cost == bestCost && best.map { exponent < $0 } ?? false) {
          bestCost = cost
          best = exponent
        }
      }
      return best
    }
  }

  /// Values from all over the column, from places that shift against any period of it.
  private static func take(_ values: UnsafeBufferPointer<Double>, _ sample: UnsafeMutableBufferPointer<Double>) -> Int {
    let count = min(values.count, sampleCount)
    let stride = values.count / count
    for index in 0..<count { sample[index] = values[index &* stride &+ index % stride] }
    return count
  }

  private static func smallest(_ value: Double) -> Int? {
    for exponent in 0...limit {
      let scale = scales[exponent]
      if integer(value, scale) != nil { return exponent }
      // Also ends NaN and infinities.
      if !(value.magnitude * scale <= integerLimit) { return nil }
    }
    return nil
  }

  /// Estimated bits: one frame for the integers, 80 for each exception.
  private static func cost(_ sample: UnsafeBufferPointer<Double>, _ exponent: Int) -> Int {
    var least = Int64.max
    var greatest = Int64.min
    var exceptions = 0
    for value in sample {
      if let integer = integer(value, scales[exponent]) {
        least = min(least, integer)
        greatest = max(greatest, integer)
      } else {
        exceptions += 1
      }
    }
    return sample.count * BitPacking.width(UInt64(bitPattern: greatest &- least)) + exceptions * 80
  }
}
