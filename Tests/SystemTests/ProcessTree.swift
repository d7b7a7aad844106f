import Foundation
import Glibc

/// Processes as /proc shows them.
enum ProcessTree {
  struct Entry {
    let processID: Int32
    /// Words of the command line apart by a space.
    let command: String
    /// In clock ticks since boot: with the id, it names one process for ever.
    let startedAt: String
  }

  /// All descendants of `root`.
  static func below(_ root: Int32) -> [Entry] {
    let processIDs = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
    var parents: [Int32: Int32] = [:]
    for processID in processIDs {
      if let fields = stat(processID), let parent = Int32(fields[1]) { parents[processID] = parent }
    }
    var found: Set<Int32> = [root]
    var grew = true
    while grew {
      grew = false
      for (processID, parent) in parents where found.contains(parent) && found.insert(processID).inserted {
        grew = true
      }
    }
    return found.subtracting([root]).sorted().compactMap { processID in
      guard let fields = stat(processID), let bytes = FileManager.default.contents(atPath: "/proc/\(processID)/cmdline")
      else { return nil }
      let command = String(decoding: bytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
      return Entry(processID: processID, command: command, startedAt: String(fields[19]))
    }
  }

  /// Whether that very process runs; a zombie does not.
  static func isAlive(_ entry: Entry) -> Bool {
    guard let fields = stat(entry.processID) else { return false }
    return fields[0] != "Z" && fields[19] == entry.startedAt
  }

  /// Proportional set size of `root` and all below, in bytes.
  static func memory(of root: Int32) -> Int {
    ([root] + below(root).map(\.processID)).reduce(0) { sum, processID in
      let text = (try? String(contentsOfFile: "/proc/\(processID)/smaps_rollup", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
      return sum + (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
  }

  /// The most memory that one process has had resident so far, in bytes.
  static func peakMemory(of processID: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
      throw SystemTestError("no VmHWM of process \(processID)")
    }
    return kilobytes * 1024
  }

  /// Processor time that one process has used so far, its own and the kernel's for it, in seconds.
  static func processorTime(of processID: Int32) throws -> Double {
    guard let fields = stat(processID), let user = Double(fields[11]), let system = Double(fields[12]) else {
      throw SystemTestError("no processor times of process \(processID)")
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The fields of /proc/PID/stat from the state on.
  private static func stat(_ processID: Int32) -> [Substring]? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(processID)/stat"),
      let text = String(bytes: bytes, encoding: .utf8), let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? fields : nil
  }
}
