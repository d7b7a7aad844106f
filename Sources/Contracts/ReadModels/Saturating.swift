/// Arithmetic that is held at the ends of its type instead of trapping: for times near 1677 and 2262.
enum Saturating {
  static func product(_ left: Int64, _ right: Int64) -> Int64 {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    guard overflow else { return product }
    return (left < 0) == (right < 0) ? .max : .min
  }

  static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard overflow else { return sum }
    return right < 0 ? .min : .max
  }

  static func narrow(_ value: Int64) -> Int32 {
    Int32(clamping: value)
  }
}
