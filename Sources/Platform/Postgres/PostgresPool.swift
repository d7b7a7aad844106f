import Runtime

/// At most `limit` connections with one address, opened when needed and kept. From any thread.
package final class PostgresPool: Sendable {
  package let address: PostgresAddress
  package let limit: Int
  private let application: String
  private let timeouts: PostgresTimeouts
  private let settings: String?
  private let state = Monitor(State())

  private struct State {
    /// Open and lent to nobody. The last one given back is taken first, so that the others can be let go.
    var idle: [PostgresConnection] = []
    /// Idle, lent or being opened: never above `limit`.
    var open = 0
    var isClosed = false
  }

  private enum Turn {
    case take(PostgresConnection)
    case connect
    case closed
  }

  /// - Parameter settings: `SET` statements that each session begins with.
  package init(
    _ address: PostgresAddress, application: String, timeouts: PostgresTimeouts = .standard, settings: String? = nil,
    limit: Int
  ) {
    precondition(limit > 0, "BUG: a pool without connections")
    self.address = address
    self.application = application
    self.timeouts = timeouts
    self.settings = settings
    self.limit = limit
  }

  /// Lends a connection to `body`. It comes without an open transaction and is put back without one; a broken one is
  /// dropped, and one that the server closed while it was idle is replaced before `body` sees it.
  /// - Parameter wait: how long to wait for one when all are lent.
  /// - Throws: what `body` throws; `PostgresError` (`isUnavailable`) when none comes free in time, the server cannot be
  ///   reached or the pool is closed.
  package func withConnection<Value>(
    wait: Duration = .seconds(5), _ body: (PostgresConnection) throws -> Value
  ) throws -> Value {
    let connection = try take(wait)
    defer { giveBack(connection) }
    return try body(connection)
  }

  /// Lets the idle ones go and refuses from now on; lent ones end when they come back.
  package func close() {
    state.withLock { state in
      state.isClosed = true
      state.open -= state.idle.count
      state.idle.removeAll()
    }
    state.broadcast()
  }

  /// Open connections, lent or idle.
  package var openCount: Int { state.withLock { $0.open } }

  /// Lent connections, and those being opened.
  package var lentCount: Int { state.withLock { $0.open - $0.idle.count } }

  private func take(_ wait: Duration) throws(PostgresError) -> PostgresConnection {
    let what = "take a connection from the pool of \(address.redacted)"
    let deadline = MonotonicClock.deadline(after: wait)
    while true {
      guard let turn = state.wait(until: deadline, { self.turn(&$0) }) else {
        throw PostgresError(what, message: "all \(limit) stayed busy for \(wait)", isUnavailable: true)
      }
      switch turn {
      case .closed: throw PostgresError(what, message: "the pool is closed", isUnavailable: true)
      case .take(let connection):
        if !connection.noticeIfClosed() { return connection }
        releaseSlot()
      case .connect: return try open()
      }
    }
  }

  private func turn(_ state: inout State) -> Turn? {
    if state.isClosed { return .closed }
    if let connection = state.idle.popLast() { return .take(connection) }
    guard state.open < limit else { return nil }
    state.open += 1
    return .connect
  }

  private func open() throws(PostgresError) -> PostgresConnection {
    do {
      let connection = try PostgresConnection(address, application: application, timeouts: timeouts)
      if let settings { try connection.execute(settings) }
      return connection
    } catch {
      releaseSlot()
      throw error
    }
  }

  private func giveBack(_ connection: PostgresConnection) {
    connection.rollbackIfNeeded()
    let isBroken = connection.isBroken
    state.withLock { state in
      if isBroken || state.isClosed { state.open -= 1 } else { state.idle.append(connection) }
    }
    state.signal()
  }

  private func releaseSlot() {
    state.withLock { $0.open -= 1 }
    state.signal()
  }
}
