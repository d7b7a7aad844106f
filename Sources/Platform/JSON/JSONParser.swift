import CSimdjson

/// Parses JSON (RFC 8259) with simdjson. Keeps its buffers from document to document: make one per thread and reuse it.
/// Not thread-safe.
package final class JSONParser {
  package static let standardDepthLimit = 64

  private let parser: OpaquePointer
  private let depthLimit: Int

  /// Documents nested deeper than `depthLimit` arrays and objects are refused (empty ones are no level).
  package init(depthLimit: Int = JSONParser.standardDepthLimit) {
    // simdjson counts the document itself as a level.
    guard let made = daybook_json_make(depthLimit + 1) else { preconditionFailure("out of memory") }
    parser = made
    self.depthLimit = depthLimit
  }

  deinit { daybook_json_free(parser) }

  /// Parses one document, with nothing but white space around it. What it returns is valid until this parser parses
  /// again; `bytes` are not needed any more.
  ///
  /// Integers beyond 64 bits become the nearest Float64, as RFC 8259 suggests; numbers beyond Float64 are an error.
  package func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    var (status, tape) = run(bytes)
    if status == DAYBOOK_JSON_NUMBER {
      // simdjson refuses integers beyond 64 bits, which are rare enough to read the document twice.
      let widened = WideIntegers.asDecimals(bytes)
      if let widened { (status, tape) = widened.withUnsafeBytes { run($0) } }
    }
    guard status == DAYBOOK_JSON_OK, let words = tape.words, let strings = tape.strings else {
      throw error(status, tape, bytes)
    }
    return JSONDocument(parser: self, root: JSONValue(tape: words, strings: strings, index: 1))
  }

  package func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
    let result = bytes.withUnsafeBytes { bytes -> Result<JSONDocument, JSONError> in
      do throws(JSONError) { return .success(try parse(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func run(_ bytes: UnsafeRawBufferPointer) -> (daybook_json_status, daybook_json_tape) {
    var tape = daybook_json_tape()
    let status = daybook_json_parse(parser, bytes.baseAddress, bytes.count, &tape)
    return (status, tape)
  }

  private func error(
    _ status: daybook_json_status, _ tape: daybook_json_tape, _ bytes: UnsafeRawBufferPointer
  ) -> JSONError {
    switch status {
    case DAYBOOK_JSON_NOT_UTF8: .notUTF8(offset: JSONFault.notUTF8(bytes))
    case DAYBOOK_JSON_TOO_DEEP: .tooDeep(limit: depthLimit)
    case DAYBOOK_JSON_NUMBER: .badNumber(offset: JSONFault.syntax(bytes))
    case DAYBOOK_JSON_EMPTY: .empty
    case DAYBOOK_JSON_TOO_LARGE: .tooLarge(count: bytes.count)
    default:
      .malformed(reason: tape.reason.map { String(cString: $0) } ?? "syntax error", offset: JSONFault.syntax(bytes))
    }
  }
}
