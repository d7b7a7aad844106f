import CZstd
import Glibc

/// The contexts of the calling thread: making one for each call would cost more than a small payload's compression.
enum ZstdContexts {
  private static let compressingKey = key { _ = ZSTD_freeCCtx(OpaquePointer($0)) }
  private static let decompressingKey = key { _ = ZSTD_freeDCtx(OpaquePointer($0)) }

  static var compressing: OpaquePointer { context(compressingKey) { ZSTD_createCCtx() } }
  static var decompressing: OpaquePointer { context(decompressingKey) { ZSTD_createDCtx() } }

  private static func key(_ free: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void) -> pthread_key_t {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, free) == 0, "cannot make a thread key")
    return key
  }

  private static func context(_ key: pthread_key_t, _ make: () -> OpaquePointer?) -> OpaquePointer {
    if let known = pthread_getspecific(key) { return OpaquePointer(known) }
    guard let made = make() else { preconditionFailure("cannot make a zstd context: out of memory") }
    pthread_setspecific(key, UnsafeRawPointer(made))
    return made
  }
}
