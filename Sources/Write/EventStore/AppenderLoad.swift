/// What waits for its commit at the moment, and how much of it may.
package struct AppenderLoad: Sendable, Equatable {
  package let commands: Int
  package let commandsLimit: Int
  package let bytes: Int
  package let bytesLimit: Int

  package init(commands: Int, commandsLimit: Int, bytes: Int, bytesLimit: Int) {
    self.commands = commands
    self.commandsLimit = commandsLimit
    self.bytes = bytes
    self.bytesLimit = bytesLimit
  }
}
