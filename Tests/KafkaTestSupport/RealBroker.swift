import Glibc
import HTTPClient
package import Kafka
import Runtime
import TestSupport

/// An Apache Kafka of a test's own, from KAFKA_HOME: one broker that is its own controller, on free ports of loopback, with
/// its log in a folder of its own. Ended with the value, and with the test process.
package final class RealBroker {
  /// Where Apache Kafka is; nil: tests that need a real broker cannot run.
  package static let home: String? = getenv("KAFKA_HOME").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  package static var isThere: Bool { home != nil }

  private let folder = TemporaryFolder()
  private let home: String
  private var process: ChildProcess?
  package let port: UInt16

  /// Starts one and waits until it answers.
  /// - Parameter lines: more of server.properties, with `{port}`, `{controller}`, `{host}` (one more port) and `{data}` for
  ///   what is free; of two lines of one name the later counts.
  package convenience init(_ lines: [String] = []) throws { try self.init(only: Self.settings + lines) }

  private static let settings = [
    "process.roles=broker,controller", "node.id=1", "controller.quorum.bootstrap.servers=127.0.0.1:{controller}",
    "listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
    "advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT", "controller.listener.names=CONTROLLER",
    "auto.create.topics.enable=false", "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=4",
    "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
    "group.initial.rebalance.delay.ms=0", "log.dirs={data}",
  ]

  /// The same with nothing but these lines.
  package init(only lines: [String]) throws {
    guard let home = Self.home else { throw BrokerError("KAFKA_HOME is not set") }
    self.home = home
    port = try FreePort.find()
    let places = [
      ("{port}", "\(port)"), ("{controller}", "\(try FreePort.find())"), ("{host}", "\(try FreePort.find())"),
      ("{data}", "\(folder.path)/log"),
    ]
    var settings: [String: String] = [:]
    for line in lines {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw BrokerError("no setting: \(line)") }
      settings[String(parts[0])] = places.reduce(String(parts[1])) { $0.replacing($1.0, with: $1.1) }
    }
    let text = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    try Self.write(text, to: "\(folder.path)/server.properties")
    // Where the voters stand in the settings, the storage is not to make them up.
    let voters = settings["controller.quorum.voters"] == nil ? ["--standalone"] : []
    try run(
      "kafka-storage.sh",
      ["format"] + voters + ["-t", "b8Zt1vXnSfCSfR8Rq2YQ6A", "-c", "\(folder.path)/server.properties"])
    try start()
  }

  deinit { stop() }

  package var servers: String { "127.0.0.1:\(port)" }
  package var settings: KafkaSettings { KafkaSettings(servers: servers) }

  /// Starts it, again after `kill` or `stop`.
  package func start() throws {
    let log = open("\(folder.path)/broker.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    defer { close(log) }
    var command = ChildCommand(
      ["\(home)/bin/kafka-server-start.sh", "\(folder.path)/server.properties"],
      environment: ChildCommand.environment(changing: ["KAFKA_HEAP_OPTS": "-Xmx400m -Xms128m"]))
    command.standardOutput = log
    command.standardError = log
    // A JVM ends slowly when it is asked to.
    command.signalWhenParentEnds = SIGKILL
    let started = try ChildProcess(command)
    process = started
    try waitUntil(deadline: .seconds(60), "the broker answers") {
      if let end = started.end { throw BrokerError("the broker ended (\(end)):\n\(self.log)") }
      return Self.isListening(port) && self.log.contains("Kafka Server started")
    }
  }

  /// The end of what it logged.
  package var log: String { String(FileText.read("\(folder.path)/broker.log").suffix(4_000)) }

  /// kill -9.
  package func kill() {
    process?.signal(SIGKILL)
    _ = process?.waitForEnd(.seconds(10))
    process = nil
    // The next start is to be told from this one.
    unlink("\(folder.path)/broker.log")
  }

  package func stop() {
    guard let process else { return }
    process.signal(SIGTERM)
    if process.waitForEnd(.seconds(20)) == nil { process.signal(SIGKILL) }
    _ = process.waitForEnd(.seconds(10))
    self.process = nil
    unlink("\(folder.path)/broker.log")
  }

  package func deleteTopic(_ topic: String) throws {
    try run("kafka-topics.sh", ["--bootstrap-server", servers, "--delete", "--topic", topic])
  }

  /// Deletes what is before an offset of each partition.
  package func deleteRecords(_ topic: String, before offsets: [Int: Int64]) throws {
    let partitions = offsets.sorted { $0.key < $1.key }
      .map { #"{"topic":"\#(topic)","partition":\#($0.key),"offset":\#($0.value)}"# }.joined(separator: ",")
    let path = "\(folder.path)/delete.json"
    try Self.write(#"{"version":1,"partitions":[\#(partitions)]}"#, to: path)
    try run(
      "kafka-run-class.sh",
      ["org.apache.kafka.tools.DeleteRecordsCommand", "--bootstrap-server", servers, "--offset-json-file", path])
  }

  /// What Kafka's own tool says of a topic, its settings included.
  package func describeTopic(_ topic: String) throws -> String {
    try run("kafka-topics.sh", ["--bootstrap-server", servers, "--describe", "--topic", topic])
  }

  @discardableResult
  private func run(_ script: String, _ arguments: [String]) throws -> String {
    let path = "\(folder.path)/tool.log"
    let log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    var command = ChildCommand(
      ["\(home)/bin/\(script)"] + arguments,
      environment: ChildCommand.environment(changing: ["KAFKA_HEAP_OPTS": "-Xmx128m -XX:TieredStopAtLevel=1"]))
    command.standardOutput = log
    command.standardError = log
    defer { close(log) }
    let process = try ChildProcess(command)
    guard let end = process.waitForEnd(.seconds(60)) else {
      process.signal(SIGKILL)
      throw BrokerError("\(script) did not end")
    }
    let output = FileText.read(path)
    guard case .exited(0) = end else { throw BrokerError("\(script): \(end)\n\(output)") }
    return output
  }

  private static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw BrokerError("cannot write \(path)")
    }
  }

  private static func isListening(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
