/// Numbers as people like to read them.
package enum ReadableNumber {
  /// Three digits that matter, thousands apart: `1,234,567`, `12.3`, `0.012`.
  package static func text(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 9e18 else { return "\(number)" }
    if abs(number) >= 100 {
      let digits = Array(String(Int64(number.rounded())))
      var text = ""
      for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0, digits[index - 1] != "-" { text += "," }
        text.append(digit)
      }
      return text
    }
    let scale = abs(number) >= 10 ? 10.0 : abs(number) >= 1 ? 100 : 1000
    return String((number * scale).rounded() / scale)
  }
}
