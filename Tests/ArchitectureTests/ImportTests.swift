import Testing

/// The sides may see each other only as docs/ARCHITECTURE.md says. The table stands here a second time on purpose: the
/// manifest's can be loosened by the change that needs it, this one has to be loosened knowingly.
struct ImportTests {
  static let folders = [
    "Platform": "Sources/Platform", "Contracts": "Sources/Contracts", "Log": "Sources/Log", "Write": "Sources/Write",
    "Relay": "Sources/Relay", "Project": "Sources/Project", "Query": "Sources/Query", "Projections": "Projections",
  ]

  static let allowed: [String: Set<String>] = [
    "Platform": ["Platform"],
    "Contracts": ["Contracts"],
    "Log": ["Platform", "Contracts", "Log"],
    "Write": ["Platform", "Contracts", "Log", "Write"],
    "Relay": ["Platform", "Contracts", "Log", "Relay"],
    "Project": ["Platform", "Contracts", "Log", "Project"],
    "Projections": ["Contracts", "ProjectionKit"],
    "Query": ["Platform", "Contracts", "Log", "Query"],
  ]

  /// Modules of the toolchain that the product may use. Foundation is not among them: start-up time and memory.
  static let toolchain: Set<String> = ["Glibc", "Synchronization"]

  static func sideOfModule() throws -> [String: String] {
    var sides: [String: String] = [:]
    for (side, folder) in folders {
      guard let modules = try? SourceTree.modules(folder) else { continue }
      for module in modules { sides[module] = side }
    }
    return sides
  }

  @Test func everyImportIsAllowedForTheFolderItStandsIn() throws {
    let sides = try Self.sideOfModule()
    var checked = 0
    for (side, folder) in Self.folders {
      guard let files = try? SourceTree.files(folder) else { continue }
      for (path, text) in files {
        let own = path.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init)
        for name in SourceTree.imports(text) where name != own {
          checked += 1
          if Self.toolchain.contains(name) { continue }
          let other = try #require(sides[name], "\(path) imports \(name), which is no module of ours")
          let permitted = Self.allowed[side]!
          #expect(
            permitted.contains(other) || permitted.contains(name),
            "\(path) is \(side) and imports \(name), which is \(other)")
        }
      }
    }
    #expect(checked > 50, "too few imports were seen for the check to mean anything: \(checked)")
  }

  @Test func writeAndQueryNeverSeeKafka() throws {
    for folder in ["Sources/Write", "Sources/Query", "Sources/Log"] {
      for (path, text) in try SourceTree.files(folder) {
        let names = SourceTree.imports(text)
        #expect(!names.contains("Kafka") && !names.contains("CKafka"), "\(path) imports Kafka")
      }
    }
  }

  @Test func cTypesStayInPlatform() throws {
    for folder in Self.folders.values where folder != "Sources/Platform" {
      guard let files = try? SourceTree.files(folder) else { continue }
      for (path, text) in files {
        let names = SourceTree.imports(text).filter { $0.first == "C" && $0.dropFirst().first?.isUppercase == true }
        #expect(names.isEmpty, "\(path) imports \(names)")
      }
    }
  }

  @Test func unsafeEscapesStayWhereTheyAreArgued() throws {
    for folder in ["Sources", "Projections", "Migrations"] {
      for (path, text) in try SourceTree.files(folder) {
        if !path.hasPrefix("Sources/Platform") {
          #expect(!text.contains("@unchecked Sendable"), "\(path) has @unchecked Sendable outside Platform")
        }
        #expect(!text.contains("try!"), "\(path) traps on an error")
        #expect(!text.contains("fatalError("), "\(path) calls fatalError")
        #expect(!text.contains("import Foundation"), "\(path) imports Foundation")
      }
    }
  }
}
