/// What a command service accepts.
package struct CommandSettings: Sendable {
  /// Bytes of a body after decompression.
  package var bodyLimit = 32 << 20
  /// Bytes that the cache of line protocol's heads may take.
  package var headCacheLimit = 256 << 20
  /// Told by `/health` and `/readyz`.
  package var version: String

  package init(version: String) { self.version = version }
}
