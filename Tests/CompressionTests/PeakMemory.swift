import Glibc

/// The most memory that this process has had resident (VmHWM of /proc/self/status), which Linux lets us reset.
enum PeakMemory {
  enum Failure: Error { case unreadable }

  /// Starts over; returns the bytes resident now.
  static func reset() throws -> Int {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY)
    if descriptor >= 0 {
      _ = write(descriptor, "5", 1)
      close(descriptor)
    }
    return try read()
  }

  static func read() throws -> Int {
    let descriptor = open("/proc/self/status", O_RDONLY)
    guard descriptor >= 0 else { throw Failure.unreadable }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 8_192)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      guard let kilobytes = Int(line.filter(\.isNumber)) else { break }
      return kilobytes << 10
    }
    throw Failure.unreadable
  }
}
