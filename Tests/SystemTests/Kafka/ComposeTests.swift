import Foundation
import Kafka
import KafkaTestSupport
import Runtime
import TestSupport
import Testing

/// compose/compose.yaml without containers: docker-compose takes it, and a real broker takes Kafka's settings in it.
@Suite(.serialized) struct ComposeTests {
  private func config() throws -> String {
    let folder = ConsumerTests.repository.appendingPathComponent("compose")
    let run = try ProgramRun(
      "/usr/bin/docker-compose",
      [
        "--file", folder.appendingPathComponent("compose.yaml").path, "--env-file",
        folder.appendingPathComponent(".env.example").path, "config",
      ])
    #expect(run.status == 0, "\(run.error)")
    return run.output
  }

  @Test func theFileIsTaken() throws {
    let text = try config()
    for service in ["postgres:", "kafka:", "migrate:", "command:", "relay:", "projector:", "query:"] {
      #expect(text.contains("\n  \(service)\n"), "\(service)")
    }
  }

  @Test(.enabled(if: RealBroker.isThere)) func aRealBrokerTakesTheSettings() throws {
    let script = ConsumerTests.repository.appendingPathComponent("Tests/SystemTests/Kafka/broker_settings.py").path
    let run = try ProgramRun(
      "/usr/bin/python3",
      [
        "-B", script, "--listener", "NETWORK=127.0.0.1:{port}", "--listener", "HOST=127.0.0.1:{host}", "--listener",
        "CONTROLLER=127.0.0.1:{controller}", "log.dirs={data}",
      ], input: try config())
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains("auto.create.topics.enable=false"))
    let broker = try RealBroker(only: run.output.split(separator: "\n").map { String($0) })
    let admin = try KafkaAdmin(broker.settings, logger: Logger(program: "tests", level: .error))
    try admin.create(KafkaAdmin.NewTopic("made", partitions: 8, configuration: [KafkaProperty("retention.ms", "-1")]))
    try waitUntil("the topic is there") { try admin.partitions(of: "made") == 8 }
    try TestProducer(broker.settings, topic: "made").send([TestMessage(value: [1, 2, 3])], to: 7)
    #expect(try TopicContent(broker.settings, topic: "made", partitions: 8).partitions[7]?.count == 1)
  }
}
