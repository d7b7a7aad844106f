import Runtime

/// Names and labels as line protocol writes them: a backslash before what would end them.
enum LineText {
  private static let backslash: UInt8 = 0x5C

  /// What line protocol has no way to write.
  static func check(metric: String) throws(UsageError) {
    let bytes = Array(metric.utf8)
    guard bytes.first != 0x23, bytes.last != backslash else {
      throw UsageError("cannot send the metric '\(metric)': its name must not begin with # or end with a backslash")
    }
  }

  static func check(label: String, value: String) throws(UsageError) {
    guard label.utf8.last != backslash, value.utf8.last != backslash else {
      throw UsageError("cannot send the label '\(label)': neither its name nor its value may end with a backslash")
    }
    guard label != "time" else {
      throw UsageError(
        "cannot send a label called 'time': line protocol has that name for itself; write --label-column other=time")
    }
    guard !value.utf8.contains(0x0A) else {
      throw UsageError("cannot send the label '\(label)': its value must not contain a line break")
    }
  }

  static func metric(_ text: String) -> [UInt8] {
    text.utf8.flatMap { $0 == 0x2C || $0 == 0x20 ? [backslash, $0] : [$0] }
  }

  /// A label's name or value, or a field's name.
  static func label(_ text: String) -> [UInt8] {
    text.utf8.flatMap { $0 == 0x2C || $0 == 0x20 || $0 == 0x3D ? [backslash, $0] : [$0] }
  }
}
