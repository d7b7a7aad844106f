import Foundation

/// Files of this repository, found from this file's own place.
enum RepositoryFile {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func url(_ path: String) -> URL { root.appendingPathComponent(path) }

  /// Every Swift file below `folder`, with its text.
  static func swiftFiles(_ folder: String) throws -> [(path: String, text: String)] {
    let paths = FileManager.default.enumerator(atPath: url(folder).path)?.compactMap { $0 as? String } ?? []
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map {
      ("\(folder)/\($0)", try String(contentsOf: url("\(folder)/\($0)"), encoding: .utf8))
    }
  }
}
