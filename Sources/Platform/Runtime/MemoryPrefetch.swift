import CLinux

/// Asks for memory before it is needed.
package enum MemoryPrefetch {
  /// Starts to bring the line of 64 bytes at `place`, which need not be readable, into the processor's cache.
  @inline(__always)
  package static func line(at place: UnsafeRawPointer) { daybook_prefetch(place) }
}
