package import Commands
import Events
import JSON

/// Reads bodies of `POST /v1/samples`. Holds scratch memory: one per thread, one body at a time.
///
/// All or nothing: a body with a bad sample gives an error that names the bad ones.
package final class SamplesParser {
  /// The most new series of one body: what they need in memory until the commit is bounded by it (about 300 bytes each).
  package static let newSeriesLimit = 262_144
  /// The most bad samples that an error names; it counts all of them.
  package static let faultsLimit = 100

  private let resolver: any SeriesResolver
  private let json = JSONParser()

  package init(resolver: any SeriesResolver) { self.resolver = resolver }

  /// `serverTime` (nanoseconds since 1970) is taken for samples without a timestamp.
  package func parse(
    _ body: UnsafeRawBufferPointer, format: SamplesFormat, precision: SamplePrecision, serverTime: Int64
  ) throws(SamplesBodyError) -> SamplesOutcome {
    var reader = SampleReader(resolver: resolver, precision: precision, serverTime: serverTime)
    switch format {
    case .json: try readDocument(body, &reader)
    case .lines: try readLines(body, &reader)
    }
    return try reader.finish()
  }

  private func readDocument(
    _ body: UnsafeRawBufferPointer, _ reader: inout SampleReader
  ) throws(SamplesBodyError) {
    let document: JSONDocument
    do throws(JSONError) {
      document = try parse(body)
    } catch {
      throw .notJSON(detail: error.description, index: nil)
    }
    try withExtendedLifetime(document) { () throws(SamplesBodyError) in
      guard let elements = document.root.elements else { return try reader.read(document.root) }
      for element in elements { try reader.read(element) }
    }
  }

  private func readLines(_ body: UnsafeRawBufferPointer, _ reader: inout SampleReader) throws(SamplesBodyError) {
    var start = 0
    var number = 0
    while start < body.count {
      number += 1
      let end = body[start...].firstIndex(of: 0x0A) ?? body.count
      let line = UnsafeRawBufferPointer(rebasing: body[start..<end])
      start = end + 1
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
      let document: JSONDocument
      do throws(JSONError) {
        document = try parse(line)
      } catch {
        throw .notJSON(detail: "line \(number): \(error.description)", index: reader.index)
      }
      try withExtendedLifetime(document) { () throws(SamplesBodyError) in try reader.read(document.root) }
    }
  }

  /// A number too big for a Float64 makes JSON unreadable for the parser; read again without it, so that the sample can
  /// be named.
  private func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    do throws(JSONError) {
      return try json.parse(bytes)
    } catch {
      guard case .badNumber = error, let replaced = OversizedNumber.replaceAll(in: bytes) else { throw error }
      return try json.parse(replaced)
    }
  }
}
