import Glibc

/// How many descriptors this process may open (RLIMIT_NOFILE). The usual soft limit of 1,024 is there for programs that
/// call select(2); a server that takes 2,000 connections has to ask for more.
enum DescriptorLimit {
  /// Raises the soft limit to `count` if it is lower, as far as the hard limit allows. Returns what holds then.
  static func raise(to count: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return count }
    let wanted = min(rlim_t(max(0, count)), limit.rlim_max)
    if limit.rlim_cur < wanted {
      let before = limit.rlim_cur
      limit.rlim_cur = wanted
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
