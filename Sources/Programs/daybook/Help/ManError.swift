import Glibc

/// A page that could not be written.
struct ManError: Error, CustomStringConvertible {
  let description: String

  /// With the reason that errno has.
  init(_ path: String) { description = "cannot write \(path): \(String(cString: strerror(errno)))" }
}
