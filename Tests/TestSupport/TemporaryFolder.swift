import Glibc
import PostgresCluster

/// An empty folder of a test's own, removed with all that is in it when the value goes.
package final class TemporaryFolder: Sendable {
  package let path: String

  /// $TMPDIR or /tmp.
  package static let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

  package init() {
    var template = [CChar]("\(Self.base)/daybook-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { preconditionFailure("cannot make a folder under \(Self.base)") }
    path = String(cString: made)
  }

  deinit { FolderTree.remove(path) }
}
