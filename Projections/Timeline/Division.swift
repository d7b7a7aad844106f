/// Division of ids by the number of shards: a shift where that is a power of two, since dividing costs more than all else
/// that is done to a sample.
struct Division {
  private let divisor: Int64
  private let shift: Int64?

  init(by shards: Int) {
    precondition(shards > 0, "BUG: a store of \(shards) shards")
    divisor = Int64(shards)
    shift = shards.nonzeroBitCount == 1 ? Int64(shards.trailingZeroBitCount) : nil
  }

  @inline(__always)
  func quotient(_ value: Int64) -> Int64 {
    if let shift { return value &>> shift }
    return value / divisor
  }
}
