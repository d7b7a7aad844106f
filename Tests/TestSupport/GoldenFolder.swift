import Glibc

/// A folder `Golden` beside a test: lines of text that were recorded once and are compared with ever after.
///
/// With `DAYBOOK_RECORD_GOLDEN=1` tests write them anew instead. What a version has recorded is never to be changed: when
/// it has to, it is another version.
package struct GoldenFolder {
  package static let isRecording = getenv("DAYBOOK_RECORD_GOLDEN") != nil

  package struct Broken: Error {
    package let what: String
    package init(what: String) { self.what = what }
  }

  private let path: String

  /// `file` is the test's `#filePath`.
  package init(beside file: String) {
    path = file[..<(file.lastIndex(of: "/") ?? file.startIndex)] + "/Golden/"
  }

  package func lines(_ name: String) throws -> [String] {
    guard let file = fopen(path + name, "r") else { throw Broken(what: "cannot open \(path + name)") }
    defer { fclose(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { content += chunk[..<count] }
    return String(decoding: content, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  package func write(_ lines: [String], to name: String) throws {
    guard let file = fopen(path + name, "w") else { throw Broken(what: "cannot write \(path + name)") }
    defer { fclose(file) }
    fputs(lines.joined(separator: "\n") + "\n", file)
  }

  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  package static func bytes(_ text: some StringProtocol) throws -> [UInt8] {
    let digits = Array(text.utf8)
    return try stride(from: 0, to: digits.count - 1, by: 2).map { place in
      guard let byte = UInt8(String(decoding: digits[place..<(place + 2)], as: UTF8.self), radix: 16) else {
        throw Broken(what: "no hexadecimal digits")
      }
      return byte
    }
  }
}
