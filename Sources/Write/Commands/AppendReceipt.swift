package import Events
package import Runtime

/// What is true of a command once it is on disk.
package struct AppendReceipt: Sendable {
  package let commandID: UUIDv7
  /// The position of the command's last event in each shard that it touched; without positions when it had no sample.
  package let token: PositionToken
  /// Samples stored.
  package let accepted: Int

  package init(commandID: UUIDv7, token: PositionToken, accepted: Int) {
    self.commandID = commandID
    self.token = token
    self.accepted = accepted
  }
}
