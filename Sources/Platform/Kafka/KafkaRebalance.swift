/// Who reads which partition was decided anew.
package enum KafkaRebalance: Sendable, Hashable {
  /// These are ours from now on, and no others. What is read of them is up to `KafkaConsumer.assign`.
  case assigned([Int])
  /// None is ours any more, until the next `assigned`. `isLost`: others may have them already.
  case revoked(isLost: Bool)
}
