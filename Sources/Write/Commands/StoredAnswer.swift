/// A whole HTTP answer, kept beside an idempotency key so that the same request again gets the same bytes.
package struct StoredAnswer: Sendable, Equatable {
  package var status: Int
  package var headers: [(String, String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package static func == (a: StoredAnswer, b: StoredAnswer) -> Bool {
    a.status == b.status && a.body == b.body && a.headers.count == b.headers.count
      && zip(a.headers, b.headers).allSatisfy { $0 == $1 }
  }

  /// Version 1: the byte 1, then status, number of headers, and per header name and value, then the body; numbers and
  /// lengths are 4 bytes little-endian, texts and the body stand behind their length.
  package func encode() -> [UInt8] {
    var bytes: [UInt8] = [1]
    bytes.reserveCapacity(64 + body.count)
    Self.append(status, to: &bytes)
    Self.append(headers.count, to: &bytes)
    for (name, value) in headers {
      Self.append(Array(name.utf8), to: &bytes)
      Self.append(Array(value.utf8), to: &bytes)
    }
    Self.append(body, to: &bytes)
    return bytes
  }

  /// Nil when the bytes are not what `encode` makes.
  package static func decode(_ bytes: some Sequence<UInt8>) -> StoredAnswer? {
    var rest = ArraySlice(Array(bytes))
    guard rest.popFirst() == 1, let status = number(&rest), let count = number(&rest), count <= rest.count else {
      return nil
    }
    var answer = StoredAnswer(status: status)
    for _ in 0..<count {
      guard let name = block(&rest), let value = block(&rest) else { return nil }
      answer.headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    guard let body = block(&rest), rest.isEmpty else { return nil }
    answer.body = Array(body)
    return answer
  }

  private static func append(_ value: Int, to bytes: inout [UInt8]) {
    let held = UInt32(clamping: value)
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: held >> shift)) }
  }

  private static func append(_ block: [UInt8], to bytes: inout [UInt8]) {
    append(block.count, to: &bytes)
    bytes.append(contentsOf: block)
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.count >= 4 else { return nil }
    let value = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(4)
    return value
  }

  private static func block(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let count = number(&rest), count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
