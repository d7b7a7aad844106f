import Glibc

/// The clock of one place: from what a clock on a wall shows there to the moment that is meant. By glibc and the system's
/// zone files. One zone a process, because glibc keeps it in the environment; make it before other threads start.
///
/// Confined to one thread each; `copy` gives another thread its own.
package final class LocalTimeZone {
  /// What a wall clock's reading means.
  package enum Reading: Equatable, Sendable {
    case once
    /// The clock was put back: it showed this twice. Taken as the first time (PEP 495's fold=0).
    case twice
    /// The clock was put forward and never showed this. Taken as if it had not been put forward yet.
    case never
  }

  package let name: String
  /// Quarters of an hour, by number since 1970 on the wall clock, in which the offset is one and the same.
  private var quarters: [Int64: Int64] = [:]
  private var lastQuarter = Int64.min
  private var lastOffset: Int64 = 0

  /// 262,144 quarters are seven and a half years; past them the cache starts anew.
  private static let cacheLimit = 262_144

  /// `name` as in the tz database: `Europe/Berlin`, `UTC`. Throws where the system has no such zone.
  package init(_ name: String) throws(UsageError) {
    let folder = ProgramOptions.processEnvironment("TZDIR") ?? "/usr/share/zoneinfo"
    let isPlain = name.utf8.allSatisfy { byte in
      byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
        || [0x2F, 0x2B, 0x2D, 0x5F].contains(byte)
    }
    guard isPlain, !name.isEmpty, !name.hasPrefix("/"), Self.isZoneFile("\(folder)/\(name)") else {
      throw UsageError(
        "cannot find the time zone '\(name.prefix(64))' in \(folder): write it as in Europe/Berlin "
          + "(Debian's package tzdata has the zones)")
    }
    self.name = name
    setenv("TZ", ":\(name)", 1)
    tzset()
  }

  private init(copying other: LocalTimeZone) { name = other.name }

  /// The same zone for another thread.
  package func copy() -> LocalTimeZone { LocalTimeZone(copying: self) }

  /// `wallSeconds`: the reading of the wall clock as seconds since 1970 as if it were UTC. Returns seconds since 1970.
  package func seconds(wall wallSeconds: Int64) -> (seconds: Int64, reading: Reading) {
    let quarter = wallSeconds >= 0 ? wallSeconds / 900 : (wallSeconds - 899) / 900
    if quarter == lastQuarter { return (wallSeconds - lastOffset, .once) }
    if let offset = quarters[quarter] {
      (lastQuarter, lastOffset) = (quarter, offset)
      return (wallSeconds - offset, .once)
    }
    let first = Self.resolve(quarter * 900)
    let last = Self.resolve(quarter * 900 + 899)
    guard first.reading == .once, last.reading == .once, last.seconds - first.seconds == 899 else {
      return Self.resolve(wallSeconds)
    }
    let offset = quarter * 900 - first.seconds
    if quarters.count >= Self.cacheLimit { quarters.removeAll() }
    quarters[quarter] = offset
    (lastQuarter, lastOffset) = (quarter, offset)
    return (wallSeconds - offset, .once)
  }

  /// Tries the offsets of a day before and a day after: no place changes its clock twice within two days.
  private static func resolve(_ wall: Int64) -> (seconds: Int64, reading: Reading) {
    let before = wall - offset(at: wall - 86_400)
    let after = wall - offset(at: wall + 86_400)
    let beforeHolds = wall - offset(at: before) == before
    let afterHolds = wall - offset(at: after) == after
    if before == after { return (before, beforeHolds ? .once : .never) }
    if beforeHolds && afterHolds { return (min(before, after), .twice) }
    if beforeHolds { return (before, .once) }
    if afterHolds { return (after, .once) }
    return (before, .never)
  }

  /// Seconds east of Greenwich at a moment.
  private static func offset(at seconds: Int64) -> Int64 {
    var moment = time_t(seconds)
    var fields = tm()
    guard localtime_r(&moment, &fields) != nil else { return 0 }
    return Int64(fields.tm_gmtoff)
  }

  private static func isZoneFile(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return false }
    defer { fclose(file) }
    var magic = [UInt8](repeating: 0, count: 4)
    return fread(&magic, 1, 4, file) == 4 && magic == Array("TZif".utf8)
  }
}
