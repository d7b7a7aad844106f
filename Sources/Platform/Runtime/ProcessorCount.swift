import Glibc

/// How many processors the machine has.
package enum ProcessorCount {
  /// Those that are online, at least 1; what a container may have of them is not looked at.
  package static let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
