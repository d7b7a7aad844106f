/// A parsed document. Keeps the parser, whose memory it lies in.
///
/// `root` and all values under it are plain pointers into that memory: they are valid while a document of this parse
/// lives and the parser has not parsed again. Hold the document with `withExtendedLifetime` while walking.
package struct JSONDocument {
  private let parser: JSONParser
  package let root: JSONValue

  init(parser: JSONParser, root: JSONValue) {
    self.parser = parser
    self.root = root
  }

  /// Parses one document with a parser of its own.
  package static func parse(bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    try JSONParser().parse(bytes)
  }
}
