import Synchronization

/// The open connections of a server.
final class HTTPConnections: Sendable {
  private let open = Mutex<[ObjectIdentifier: HTTPConnection]>([:])

  var count: Int { open.withLock { $0.count } }

  func add(_ connection: HTTPConnection) { open.withLock { $0[ObjectIdentifier(connection)] = connection } }

  /// To be called before the descriptor is closed.
  func remove(_ connection: HTTPConnection) {
    open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// Cuts all whose deadline lies before `now`; returns how many.
  func cutLate(_ now: UInt64) -> Int {
    open.withLock { open in open.values.count { $0.cutIfLate(now) } }
  }

  /// Cuts those whose requests under way are among `exchanges`; returns how many.
  func cut(_ exchanges: Set<ObjectIdentifier>) -> Int {
    open.withLock { open in
      open.values.count { connection in
        guard let exchange = connection.exchange, exchanges.contains(ObjectIdentifier(exchange)) else { return false }
        connection.cut()
        return true
      }
    }
  }

  /// The requests under way.
  var exchanges: [HTTPExchange] { open.withLock { Array($0.values) }.compactMap(\.exchange) }
}
