import CLinux
import Glibc
import Runtime

/// Starts processes from one thread that lives as long as the tests do: the kernel ends a child together with the
/// thread that started it, so nothing is left behind when the tests are killed.
final class Spawner: Sendable {
  static let shared = Spawner()

  private struct Order: Sendable {
    let arguments: [String]
    let environment: [String: String]
    let user: UInt32
    let group: UInt32
    let log: Int32
    let directory: String?
  }

  private struct State {
    var orders: [(Int, Order)] = []
    var results: [Int: Int32] = [:]
    var next = 0
  }

  private let state = Monitor(State())

  private init() {
    let state = state
    _ = OwnedThread("spawner") {
      while true {
        guard let (number, order) = state.wait({ $0.orders.isEmpty ? nil : $0.orders.removeFirst() }) else { continue }
        let processID = Self.start(order)
        state.withLock { $0.results[number] = processID }
        state.broadcast()
      }
    }
  }

  /// The new process's id. Its standard output and error go to the descriptor `log`. `user`: run as that user, when root.
  /// `directory`: where it runs; nil for where the tests do.
  func start(
    _ arguments: [String], environment: [String: String], user: UInt32 = .max, group: UInt32 = .max, log: Int32,
    directory: String? = nil
  ) throws -> Int32 {
    let order = Order(
      arguments: arguments, environment: environment, user: user, group: group, log: log, directory: directory)
    let number = state.withLock { state in
      state.next += 1
      state.orders.append((state.next, order))
      return state.next
    }
    state.broadcast()
    let processID = state.wait { $0.results.removeValue(forKey: number) } ?? -1
    guard processID > 0 else { throw SystemTestError("cannot start \(arguments): errno \(-processID)") }
    return processID
  }

  private static func start(_ order: Order) -> Int32 {
    let words = order.arguments.map { strdup($0) }
    let variables = order.environment.map { strdup("\($0.key)=\($0.value)") }
    defer { (words + variables).forEach { free($0) } }
    var wordPointers = words.map { UnsafePointer($0) } + [nil]
    var variablePointers = variables.map { UnsafePointer($0) } + [nil]
    return wordPointers.withUnsafeMutableBytes { words in
      variablePointers.withUnsafeMutableBytes { variables in
        let processID = daybook_spawn(
          order.arguments[0],
          words.baseAddress!.assumingMemoryBound(to: UnsafePointer<CChar>.self),
          variables.baseAddress!.assumingMemoryBound(to: UnsafePointer<CChar>.self), order.directory, order.user,
          order.group,
          order.log, order.log, SIGTERM)
        return processID > 0 ? processID : -errno
      }
    }
  }
}

/// Why a test's own machinery failed.
struct SystemTestError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
