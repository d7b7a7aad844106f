import Compression

/// The header `Content-Encoding`: how a body is compressed.
enum ContentCoding: Sendable {
  case identity, gzip, zstd

  /// `accepted`: what this endpoint can undo. An absent header is identity.
  init(_ header: String?, accepted: [ContentCoding]) throws(RequestFault) {
    let name = (header ?? "").lowercased().split(separator: " ").joined()
    let coding: ContentCoding? =
      switch name {
      case "", "identity": .identity
      case "gzip", "x-gzip": .gzip
      case "zstd": .zstd
      default: nil
      }
    guard let coding, coding == .identity || accepted.contains(coding) else {
      let names = accepted.map(\.name).joined(separator: ", ")
      var fault = RequestFault(
        415, "unsupported-encoding",
        "cannot read Content-Encoding \"\(name.prefix(50))\": send \(names) or none")
      fault.headers = [("Accept-Encoding", names)]
      throw fault
    }
    self = coding
  }

  private var name: String {
    switch self {
    case .identity: "identity"
    case .gzip: "gzip"
    case .zstd: "zstd"
    }
  }

  /// Calls `body` with the decompressed bytes, at most `limit` of them: more is 413 and needs no more memory than that.
  func decoded<Result>(
    _ bytes: UnsafeRawBufferPointer, limit: Int, _ body: (UnsafeRawBufferPointer) throws(RequestFault) -> Result
  ) throws(RequestFault) -> Result {
    guard self != .identity else {
      guard bytes.count <= limit else { throw .bodyTooLarge(limit: limit) }
      return try body(bytes)
    }
    let plain = try decompress(bytes, limit)
    return try plain.withUnsafeBufferPointer { (plain) throws(RequestFault) in
      try body(UnsafeRawBufferPointer(plain))
    }
  }

  private func decompress(_ bytes: UnsafeRawBufferPointer, _ limit: Int) throws(RequestFault) -> [UInt8] {
    do throws(CompressionError) {
      return self == .gzip
        ? try Gzip.decompress(bytes, limit: limit) : try Zstd.decompress(bytes, limit: limit)
    } catch {
      if case .tooLarge = error { throw .bodyTooLarge(limit: limit) }
      throw RequestFault(400, "invalid-encoding", error.description)
    }
  }
}
