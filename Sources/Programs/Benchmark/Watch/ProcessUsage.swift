import Glibc
import Runtime

/// Memory and processor time of a process and all below it, read from /proc.
package struct ProcessUsage: Sendable {
  /// `postgres`, or `daybook projector`.
  package let name: String
  package let processID: Int32
  /// Proportional set size: shared pages are divided among those who share them, so the sum over processes is true.
  package let pssBytes: Int
  /// Its own and that of its children that ended: so the sum over a tree loses nothing when a process of it ends.
  package let cpuSeconds: Double

  package init(name: String, processID: Int32, pssBytes: Int, cpuSeconds: Double) {
    self.name = name
    self.processID = processID
    self.pssBytes = pssBytes
    self.cpuSeconds = cpuSeconds
  }

  /// Each of `roots` and its descendants.
  package static func trees(of roots: [Int32]) -> [ProcessUsage] {
    guard !roots.isEmpty, let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var parents: [Int32: Int32] = [:]
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let processID = Int32(name), let fields = statFields(processID), let parent = Int32(fields[1]) else {
        continue
      }
      parents[processID] = parent
    }
    return parents.keys.sorted().filter { isBelow($0, Set(roots), parents) }.compactMap(usage)
  }

  /// Whether there is a process of this number.
  package static func isRunning(_ processID: Int32) -> Bool { statFields(processID) != nil }

  private static func isBelow(_ processID: Int32, _ roots: Set<Int32>, _ parents: [Int32: Int32]) -> Bool {
    var current = processID
    for _ in 0..<64 {
      if roots.contains(current) { return true }
      guard let parent = parents[current], parent > 1 else { return false }
      current = parent
    }
    return false
  }

  private static func usage(_ processID: Int32) -> ProcessUsage? {
    guard let fields = statFields(processID), fields.count > 15 else { return nil }
    // utime, stime, cutime, cstime: proc(5).
    let ticks = fields[11...14].compactMap { Double($0) }
    guard ticks.count == 4 else { return nil }
    var pss = 0
    for line in FileText.read("/proc/\(processID)/smaps_rollup").split(separator: "\n") where line.hasPrefix("Pss:") {
      pss = (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
    let words = FileText.read("/proc/\(processID)/cmdline").split(separator: "\0")
    let program = words.first.map { $0.split(separator: "/").last.map(String.init) ?? String($0) } ?? "?"
    let name =
      program == "daybook" && words.count > 1
      ? "daybook \(words[1])" : program.hasPrefix("postgres") ? "postgres" : program
    return ProcessUsage(
      name: name, processID: processID, pssBytes: pss,
      cpuSeconds: ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK))))
  }

  /// The fields of /proc/PID/stat from the state on: the name before them may hold anything.
  private static func statFields(_ processID: Int32) -> [Substring]? {
    let text = FileText.read("/proc/\(processID)/stat")
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 1 ? fields : nil
  }
}
