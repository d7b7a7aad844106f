import JSON

/// The lines of a batch of NDJSON that are still to be sent. Blank ones do not count: the service does not count them.
struct SampleLines {
  private let bytes: [UInt8]
  /// Where each one lies, with its line in the batch from 0.
  private var lines: [(range: Range<Int>, line: Int)] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var start = 0
    var number = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      if bytes[start..<end].contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
        lines.append((start..<end, number))
      }
      number += 1
      start = end + 1
    }
  }

  var count: Int { lines.count }

  var body: [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count + 1)
    for line in lines {
      body += bytes[line.range]
      body.append(0x0A)
    }
    return body
  }

  /// Leaves out what the service named by index.
  mutating func remove(_ parts: [ServiceAnswer.Part], firstLine: Int) -> [RejectedRecord] {
    var removed: [Int: RejectedRecord] = [:]
    for part in parts {
      guard let index = part.index, lines.indices.contains(index) else { continue }
      removed[index] = RejectedRecord(line: firstLine + lines[index].line, reason: part.code, detail: part.detail)
    }
    lines = lines.enumerated().filter { removed[$0.offset] == nil }.map(\.element)
    return removed.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Leaves out what is no JSON.
  mutating func removeUnreadable(firstLine: Int) -> [RejectedRecord] {
    let parser = JSONParser()
    var removed: [RejectedRecord] = []
    var kept: [(range: Range<Int>, line: Int)] = []
    for line in lines {
      do throws(JSONError) {
        _ = try parser.parse(Array(bytes[line.range]))
        kept.append(line)
      } catch {
        // Too large a number is for the service to name.
        if case .badNumber = error {
          kept.append(line)
        } else {
          removed.append(
            RejectedRecord(line: firstLine + line.line, reason: "invalid-json", detail: error.description))
        }
      }
    }
    lines = kept
    return removed
  }
}
