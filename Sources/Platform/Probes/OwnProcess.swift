import Glibc
import Runtime

/// This process as the kernel sees it, read from /proc at each call (proc(5)). What cannot be read is NaN, which Prometheus
/// takes as unknown.
enum OwnProcess {
  /// In user and kernel mode, of all threads.
  static var cpuSeconds: Double {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return .nan }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Seconds since 1970, to the kernel's clock tick.
  static let startedAt: Double = {
    // Field 22 of stat; the fields before it are counted from behind the name, which may hold anything.
    let text = FileText.read("/proc/self/stat")
    guard let end = text.lastIndex(of: ")") else { return .nan }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]) else { return .nan }
    let boot = FileText.read("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
    guard let bootedAt = boot.flatMap({ Double($0.dropFirst(6)) }) else { return .nan }
    return bootedAt + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }()

  static var memory: (virtual: Double, resident: Double) {
    let pages = FileText.read("/proc/self/statm").split(separator: " ").prefix(2).compactMap { Double($0) }
    guard pages.count == 2 else { return (.nan, .nan) }
    let size = Double(sysconf(Int32(_SC_PAGESIZE)))
    return (pages[0] * size, pages[1] * size)
  }

  static var threads: Double { entries("/proc/self/task") }

  /// Without the one that this look takes.
  static var openDescriptors: Double { entries("/proc/self/fd") - 1 }

  static var descriptorLimit: Double {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .nan }
    return limit.rlim_cur == .max ? .infinity : Double(limit.rlim_cur)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  private static func entries(_ path: String) -> Double {
    guard let folder = opendir(path) else { return .nan }
    defer { closedir(folder) }
    var count = 0.0
    while let entry = readdir(folder) {
      // "." and ".." are no entries.
      if entry.pointee.d_name.0 != 0x2E { count += 1 }
    }
    return count
  }
}
