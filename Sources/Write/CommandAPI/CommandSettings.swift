package import Probes

/// What a command service accepts.
package struct CommandSettings: Sendable {
  /// Bytes of a body after decompression.
  package var bodyLimit = 32 << 20
  /// Bytes that the cache of line protocol's heads may take.
  package var headCacheLimit = 256 << 20
  /// Told by `/readyz`.
  package var identity: ProcessIdentity

  package init(identity: ProcessIdentity) { self.identity = identity }
}
