/// Why a message is no event of ours: it is passed over, and counted by this word.
package enum ForeignMessage: String, Sendable, CaseIterable {
  /// Neither headers nor a value.
  case tombstone
  case noHeaders = "no-headers"
  /// Another program's.
  case otherSource = "other-source"
  /// Of a store, but nobody can tell which event: the position is missing, or that of another partition. The event itself
  /// is missed, and healed, when the next one comes.
  case noPosition = "no-position"
}
