import Foundation
import Glibc
import TestSupport
import Testing

/// What `daybook` says to settings of Kafka that cannot be meant.
struct KafkaCommandLineTests {
  @Test(arguments: [
    (["relay"], "--kafka is missing"),
    (["relay", "--kafka", "127.0.0.1:1", "--shard", "3"], "--shard goes with --republish only"),
    (["relay", "--kafka", "127.0.0.1:1", "--republish", "--from", "0"], "--from must be"),
    (["relay", "--kafka", "127.0.0.1:1", "--republish", "--shard", "x"], "--shard must be the number of a shard"),
    (
      ["relay", "--kafka", "127.0.0.1:1", "--kafka-replication", "99"],
      "--kafka-replication must be a number from 1 to 32"
    ),
    (["relay", "--kafka", "127.0.0.1:1", "--kafka-topic", "no topic"], "'no topic' is no name of a topic"),
    (["projector", "--kafka-config", "/nonexistent"], "--kafka-config needs brokers"),
    (["up", "--kafka", "127.0.0.1:1", "--kafka-config", "/nonexistent"], "--kafka-config: cannot open /nonexistent"),
    (["bench", "relay"], "relay needs brokers: give --kafka HOST:PORT"),
    (
      ["bench", "append", "--kafka", "127.0.0.1:1"],
      "--kafka goes with relay and project and freshness, not with append"
    ),
  ])
  func aMistakeEndsWithTwoAndSaysWhatWouldBeRight(arguments: [String], text: String) throws {
    let result = try ProgramRun.daybook(arguments, environment: ["DAYBOOK_HOME": "/nonexistent"])
    #expect(result.status == 2, "\(result.error)")
    #expect(result.error.contains(text), "\(result.error)")
  }

  @Test(arguments: [
    ("security.protocol", "line 1: expected NAME=VALUE"),
    ("# fine\n\nacks=1", "line 3: acks is Daybook's own to set"),
    ("sasl.pasword=secret-99", "line 1: librdkafka knows no setting 'sasl.pasword'"),
    ("security.protocol=secret-99", "line 1: librdkafka refuses the value of security.protocol"),
  ])
  func aFileOfSettingsThatCannotBeUsedIsRefusedWithoutShowingIt(content: String, text: String) throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/kafka.conf"
    try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    let result = try ProgramRun.daybook(["relay", "--kafka", "127.0.0.1:1", "--kafka-config", path])
    #expect(result.status == 2)
    #expect(result.error.contains(text), "\(result.error)")
    #expect(!result.error.contains("secret-99"))
    chmod(path, 0o644)
    let open = try ProgramRun.daybook(["relay", "--kafka", "127.0.0.1:1", "--kafka-config", path])
    #expect(open.status == 2 && open.error.contains("chmod 600"), "\(open.error)")
  }
}
