import Glibc

/// A request's body while it arrives: one piece of memory that grows with what has come, never with what was announced.
/// Its capacity is reserved in the admission. Not thread-safe.
struct HTTPRequestBody {
  enum Outcome { case kept, tooLarge, overloaded }

  /// A body that is announced to be no longer than this gets its memory in one piece.
  private static let wholeLimit = 64 << 10
  /// The first piece for a body of unknown length.
  private static let firstCapacity = 4 << 10

  private var memory: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  /// `declared`: Content-Length if there was one. After anything but `.kept` the memory is free and released.
  mutating func append(
    _ piece: UnsafeRawBufferPointer, declared: Int?, limit: Int, admission: HTTPAdmission
  ) -> Outcome {
    guard let source = piece.baseAddress, piece.count > 0 else { return .kept }
    guard piece.count <= limit - count else {
      free(admission)
      return .tooLarge
    }
    let needed = count + piece.count
    if needed > capacity, !grow(to: needed, declared: declared, limit: limit, admission) {
      free(admission)
      return .overloaded
    }
    memory?.advanced(by: count).copyMemory(from: source, byteCount: piece.count)
    count = needed
    return .kept
  }

  mutating func free(_ admission: HTTPAdmission) {
    guard let memory else { return }
    Glibc.free(memory)
    admission.release(capacity)
    self.memory = nil
    count = 0
    capacity = 0
  }

  private mutating func grow(to needed: Int, declared: Int?, limit: Int, _ admission: HTTPAdmission) -> Bool {
    let first = declared.map { min($0, Self.wholeLimit) } ?? Self.firstCapacity
    let larger = max(needed, min(max(first, 2 * capacity), declared ?? limit))
    guard admission.reserve(larger - capacity) else { return false }
    // Large blocks of malloc are moved by the kernel's page tables (mremap), not copied.
    guard let moved = realloc(memory, larger) else {
      admission.release(larger - capacity)
      return false
    }
    memory = moved
    capacity = larger
    return true
  }
}
