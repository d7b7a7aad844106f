import Runtime
import Sending

/// What the flags of `send --csv` say of columns.
enum CSVOptions {
  static func settings(_ options: ProgramOptions) throws(UsageError) -> CSVSettings {
    let hasHeader = !options.isSet("--no-header")
    guard let time = options["--time"] else { throw UsageError("--time COLUMN is missing: which column has the time?") }
    let values = options.all("--value")
    guard !values.isEmpty else { throw UsageError("--value COLUMN is missing: which column has the values?") }
    var columns: [CSVSettings.Value] = []
    for value in values { columns.append(try self.value(value, values.count, options["--name"], hasHeader)) }
    var labelColumns: [CSVSettings.Label] = []
    for text in options.all("--label-column") { labelColumns.append(try labelColumn(text, hasHeader)) }
    var labels: [(key: String, value: String)] = []
    for text in options.all("--label") { labels.append(try label(text)) }
    return try CSVSettings(
      delimiter: try delimiter(options["--delimiter"] ?? ","), hasHeader: hasHeader,
      time: try CSVColumn(time, hasHeader: hasHeader),
      timeUnit: options["--time-unit"].flatMap { CSVTimeUnit(rawValue: $0) },
      zone: options["--tz"], values: columns, labelColumns: labelColumns, labels: labels)
  }

  /// `COLUMN` or `COLUMN=METRIC`.
  private static func value(
    _ text: String, _ count: Int, _ name: String?, _ hasHeader: Bool
  ) throws(UsageError) -> CSVSettings.Value {
    if let equals = text.lastIndex(of: "=") {
      let column = try CSVColumn(String(text[..<equals]), hasHeader: hasHeader)
      return CSVSettings.Value(column: column, metric: String(text[text.index(after: equals)...]))
    }
    let column = try CSVColumn(text, hasHeader: hasHeader)
    guard let name else {
      guard hasHeader else { throw UsageError("--name METRIC is missing: what is the metric called?") }
      return CSVSettings.Value(column: column, metric: text)
    }
    return CSVSettings.Value(column: column, metric: count == 1 ? name : "\(name)_\(text)")
  }

  /// `COLUMN`, or `NAME=COLUMN`.
  private static func labelColumn(_ text: String, _ hasHeader: Bool) throws(UsageError) -> CSVSettings.Label {
    if let equals = text.firstIndex(of: "=") {
      let column = try CSVColumn(String(text[text.index(after: equals)...]), hasHeader: hasHeader)
      return CSVSettings.Label(column: column, name: String(text[..<equals]))
    }
    guard hasHeader else { throw UsageError("with --no-header say --label-column NAME=NUMBER, and not '\(text)'") }
    return CSVSettings.Label(column: try CSVColumn(text, hasHeader: hasHeader), name: text)
  }

  private static func label(_ text: String) throws(UsageError) -> (key: String, value: String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw UsageError("'\(text)' is no label: write --label NAME=TEXT")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  private static func delimiter(_ text: String) throws(UsageError) -> UInt8 {
    if text == "tab" || text == "\\t" { return 0x09 }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x7F, byte >= 0x20 || byte == 0x09, byte != 0x22
    else {
      throw UsageError("--delimiter must be one character of ASCII, no quote, or 'tab', and is '\(text)'")
    }
    return byte
  }
}
