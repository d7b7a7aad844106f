import Glibc
import Runtime

/// Memory and processor time of a process and all below it, read from /proc.
struct ProcessUsage {
  /// `postgres`, or `daybook projector`.
  let name: String
  let processID: Int32
  /// Proportional set size: shared pages are divided among those who share them, so the sum over processes is true.
  let pssBytes: Int
  let cpuSeconds: Double

  /// `root` and its descendants.
  static func tree(of root: Int32) -> [ProcessUsage] {
    var parents: [Int32: Int32] = [:]
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let processID = Int32(name), let fields = statFields(processID), let parent = Int32(fields[1]) else {
        continue
      }
      parents[processID] = parent
    }
    return parents.keys.sorted().filter { isBelow($0, root, parents) }.compactMap(usage)
  }

  private static func isBelow(_ processID: Int32, _ root: Int32, _ parents: [Int32: Int32]) -> Bool {
    var current = processID
    for _ in 0..<64 {
      if current == root { return true }
      guard let parent = parents[current], parent > 1 else { return false }
      current = parent
    }
    return false
  }

  private static func usage(_ processID: Int32) -> ProcessUsage? {
    guard let fields = statFields(processID), fields.count > 13, let user = Double(fields[11]),
      let system = Double(fields[12])
    else { return nil }
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
      name: name, processID: processID, pssBytes: pss, cpuSeconds: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    )
  }

  /// The fields of /proc/PID/stat from the state on: the name before them may hold anything.
  private static func statFields(_ processID: Int32) -> [Substring]? {
    let text = FileText.read("/proc/\(processID)/stat")
    guard let end = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
