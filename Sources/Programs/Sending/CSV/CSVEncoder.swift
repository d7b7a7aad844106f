import Events
import Glibc
import Runtime

/// Makes line protocol of rows. Reused from batch to batch; confined to one thread.
///
/// One line a row and metric, so that every metric may have any name: `metric,label=text value=1.5 1700000000000000000`.
/// Values are passed on as they stand, so that the service rounds once.
final class CSVEncoder {
  private struct Line {
    /// `metric,label=text…`, escaped.
    let head: [UInt8]
    let column: Int
  }

  private let lines: [Line]
  private let layout: CSVLayout
  /// `,label=`, escaped, with its column.
  private let labels: [(prefix: [UInt8], column: Int, name: String)]
  private let hasLabels: Bool
  private var scanner: CSVScanner
  private var time: CSVTime
  private var output = OutputBytes()
  /// The labels of the row at hand.
  private var rowLabels = OutputBytes()
  private var unquoted: [UInt8] = []
  private var batch = EncodedBatch()
  private var sourceLines: [UInt32] = []

  /// Bytes of a bad cell that an error shows.
  private static let excerptLimit = 60
  private static let valueField = Array(" value=".utf8)

  init(_ settings: CSVSettings, _ layout: CSVLayout, zone: LocalTimeZone?) {
    let fixed = settings.labels.filter { !$0.value.isEmpty }.flatMap { label -> [UInt8] in
      [0x2C] + LineText.label(label.key) + [0x3D] + LineText.label(label.value)
    }
    lines = zip(settings.values, layout.values).map {
      Line(head: LineText.metric($0.metric) + fixed, column: $1)
    }
    labels = zip(settings.labelColumns, layout.labels).map {
      ([0x2C] + LineText.label($0.name) + [0x3D], $1, $0.name)
    }
    hasLabels = !labels.isEmpty
    self.layout = layout
    scanner = CSVScanner(delimiter: settings.delimiter)
    time = CSVTime(unit: settings.timeUnit, zone: zone)
  }

  /// `bytes` are whole records; `firstLine` is the line of the first one.
  func encode(_ bytes: UnsafeRawBufferPointer, firstLine: Int) -> EncodedBatch {
    batch = EncodedBatch()
    output.removeAll()
    sourceLines.removeAll(keepingCapacity: true)
    guard let base = bytes.baseAddress else { return batch }
    var place = UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
    let end = place + bytes.count
    var line = firstLine
    while place < end {
      guard let next = scanner.scan(place, end, isLast: true) else {
        let rest = Self.newlines(place, end)
        reject(line, "quote-open", "a quote is never closed: the last \(rest + 1) lines are not sent")
        break
      }
      if !isBlank {
        batch.records &+= 1
        encodeRow(line: line, offset: UInt32(truncatingIfNeeded: line &- firstLine))
      }
      line &+= 1 + (scanner.hasQuotes ? Self.newlines(place, next - 1) : 0)
      place = next
    }
    batch.body = output.bytes
    let isLineForLine = lines.count == 1 && batch.records == batch.samples && line - firstLine == batch.records
    if !isLineForLine { batch.lines = sourceLines }
    return batch
  }

  private var isBlank: Bool {
    scanner.fieldCount == 1 && scanner.fields[0].start == scanner.fields[0].end
  }

  private func encodeRow(line: Int, offset: UInt32) {
    guard scanner.fieldCount > layout.lastNeeded else {
      reject(
        line, "columns-missing",
        "the row has \(scanner.fieldCount) columns, and column \(layout.lastNeeded + 1) is needed")
      return
    }
    let timeField = Self.trimmed(scanner.fields[layout.time])
    let moment: Int64
    let reading: LocalTimeZone.Reading
    switch time.read(timeField.start, timeField.end) {
    case .time(let read, let howRead): (moment, reading) = (read, howRead)
    case .fault(let fault):
      reject(line, fault.rawValue, fault.text + excerpt(scanner.fields[layout.time]))
      return
    }
    if hasLabels {
      guard encodeLabels(line) else { return }
    }
    let before = batch.samples
    for entry in lines { encodeValue(entry, moment, line, offset) }
    guard batch.samples > before, reading != .once else { return }
    if reading == .twice { batch.ambiguousTimes += 1 } else { batch.missingTimes += 1 }
  }

  @inline(__always)
  private func encodeValue(_ entry: Line, _ moment: Int64, _ line: Int, _ offset: UInt32) {
    let field = Self.trimmed(scanner.fields[entry.column])
    guard field.start < field.end else {
      batch.emptyValues &+= 1
      return
    }
    guard let start = CSVNumber.check(field.start, field.end) else {
      reject(line, "bad-value", "the value is no number" + excerpt(scanner.fields[entry.column]))
      return
    }
    let count = field.end - start
    output.reserve(entry.head.count + rowLabels.count + count + 40)
    output.append(entry.head)
    if hasLabels { output.append(rowLabels) }
    output.append(Self.valueField)
    output.append(start, count)
    output.append(byte: 0x20)
    output.append(decimal: moment)
    output.append(byte: 0x0A)
    sourceLines.append(offset)
    batch.samples &+= 1
  }

  /// False: the row is rejected.
  private func encodeLabels(_ line: Int) -> Bool {
    rowLabels.removeAll()
    for label in labels where label.column < scanner.fieldCount {
      let field = scanner.fields[label.column]
      guard field.start < field.end else { continue }
      if field.hasEscapes {
        unescape(field)
        let fault = unquoted.withUnsafeBufferPointer { text in
          text.baseAddress.flatMap { encodeLabel(label.prefix, $0, $0 + text.count, label.name) }
        }
        if let fault { return rejectLabel(line, fault) }
      } else if let fault = encodeLabel(label.prefix, field.start, field.end, label.name) {
        return rejectLabel(line, fault)
      }
    }
    return true
  }

  private func rejectLabel(_ line: Int, _ fault: (reason: String, detail: String)) -> Bool {
    reject(line, fault.reason, fault.detail)
    return false
  }

  private func encodeLabel(
    _ prefix: [UInt8], _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ name: String
  ) -> (reason: String, detail: String)? {
    let count = end - start
    guard count <= SeriesKey.valueLimit else {
      return ("label-value-too-long", "the label '\(name)' has more than \(SeriesKey.valueLimit) bytes")
    }
    guard end[-1] != 0x5C else {
      return ("label-ends-with-backslash", "the label '\(name)' ends with a backslash, which cannot be sent")
    }
    rowLabels.reserve(prefix.count + 2 * count)
    rowLabels.append(prefix)
    var isASCII = true
    var place = start
    while place < end {
      let byte = place.pointee
      switch byte {
      case 0x2C, 0x20, 0x3D: rowLabels.append(byte: 0x5C)
      case 0x0A, 0: return ("label-line-break", "the label '\(name)' has a line break or NUL, which cannot be sent")
      case 0x80...: isASCII = false
      default: break
      }
      rowLabels.append(byte: byte)
      place += 1
    }
    guard isASCII || String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) != nil else {
      return ("label-value-not-utf8", "the label '\(name)' is not UTF-8: convert the file, as with iconv")
    }
    return nil
  }

  private func unescape(_ field: CSVScanner.Field) {
    unquoted.removeAll(keepingCapacity: true)
    var place = field.start
    while place < field.end {
      unquoted.append(place.pointee)
      place += place.pointee == 0x22 ? 2 : 1
    }
  }

  @inline(never)
  private func reject(_ line: Int, _ reason: String, _ detail: String) {
    batch.rejected.append(RejectedRecord(line: line, reason: reason, detail: detail))
  }

  private func excerpt(_ field: CSVScanner.Field) -> String {
    guard field.start < field.end else { return "" }
    let whole = UnsafeBufferPointer(start: field.start, count: field.end - field.start)
    let text = String(decoding: whole.prefix(Self.excerptLimit), as: UTF8.self)
    return ": '\(text.replacing("\n", with: " "))\(whole.count > Self.excerptLimit ? "…" : "")'"
  }

  /// Without spaces and tabs around.
  @inline(__always)
  private static func trimmed(_ field: CSVScanner.Field) -> (start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
    var (start, end) = (field.start, field.end)
    while start < end, start.pointee == 0x20 || start.pointee == 0x09 { start += 1 }
    while start < end, end[-1] == 0x20 || end[-1] == 0x09 { end -= 1 }
    return (start, end)
  }

  private static func newlines(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var count = 0
    var place = start
    while place < end {
      if place.pointee == 0x0A { count &+= 1 }
      place += 1
    }
    return count
  }
}
