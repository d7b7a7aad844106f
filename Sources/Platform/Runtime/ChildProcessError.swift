import Glibc

/// Why a program could not be started.
package struct ChildProcessError: Error, CustomStringConvertible {
  package let program: String
  package let errno: Int32

  package var description: String {
    "cannot start \(program): \(strerror(errno).map { String(cString: $0) } ?? "errno \(errno)")"
  }
}
