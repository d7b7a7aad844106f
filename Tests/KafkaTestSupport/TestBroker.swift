import Glibc
package import Kafka
import Runtime
import Synchronization

/// The broker that the tests of one process share: a real one from KAFKA_HOME, one that DAYBOOK_TEST_KAFKA names, or the
/// one that librdkafka plays. Tests use topics of their own on it.
package enum TestBroker {
  private enum Kind {
    case real(RealBroker)
    case given(String)
    case mock(MockBroker)
  }

  private static let counter = Atomic<Int>(0)
  nonisolated(unsafe) private static let shared: Result<Kind, any Error> = Result { try start() }

  private static func start() throws -> Kind {
    if RealBroker.isThere {
      let broker = try RealBroker()
      atexit { if case .success(.real(let broker)) = TestBroker.shared { broker.stop() } }
      return .real(broker)
    }
    if let servers = getenv("DAYBOOK_TEST_KAFKA").map({ String(cString: $0) }), !servers.isEmpty {
      return .given(servers)
    }
    return .mock(try MockBroker())
  }

  /// How to reach it.
  package static func settings() throws -> KafkaSettings {
    switch try shared.get() {
    case .real(let broker): broker.settings
    case .given(let servers): KafkaSettings(servers: servers)
    case .mock(let broker): KafkaSettings(servers: broker.servers)
    }
  }

  /// The real one; nil: there is none that we run.
  package static func real() throws -> RealBroker? {
    if case .real(let broker) = try shared.get() { return broker }
    return nil
  }

  /// A topic that is there, and empty.
  package static func madeTopic(partitions: Int = 8) throws -> String {
    let name = try topic(partitions: partitions)
    if case .mock = try shared.get() { return name }
    try KafkaAdmin(try settings(), logger: Logger(program: "tests", level: .error)).create(
      KafkaAdmin.NewTopic(name, partitions: partitions))
    return name
  }

  /// A topic's name that nobody has used. Where nobody can make topics but we, it is made.
  package static func topic(partitions: Int = 8) throws -> String {
    let number = counter.add(1, ordering: .relaxed).newValue
    let name = "daybook.test.\(getpid()).\(number)"
    if case .mock(let broker) = try shared.get() { broker.makeTopic(name, partitions: partitions) }
    return name
  }
}
