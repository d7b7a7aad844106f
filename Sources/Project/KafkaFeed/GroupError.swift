/// Why a projector does not join the others, beside what Postgres and Kafka say.
enum GroupError: Error, Hashable, Sendable, CustomStringConvertible {
  case noTopic(String)
  case partitions(topic: String, expected: Int, actual: Int)

  var description: String {
    switch self {
    case .noTopic(let topic): "there is no topic \(topic): a relay makes it when it first runs; is one running?"
    case .partitions(let topic, let expected, let actual):
      "cannot read topic \(topic): expected \(expected) partitions, one a shard, actual \(actual): use another topic "
        + "(--kafka-topic), or delete this one, so that the relay makes it anew, and run daybook relay --republish"
    }
  }
}
