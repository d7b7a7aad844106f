import Commands
import Events
import Hashing

/// What is to be done once a transaction is known to be committed.
struct CommittedGroup {
  let answers: [GroupAnswer]
  let newHeads: [ShardHead]
  let learned: [(fingerprint: XXH3.Hash128, id: SeriesID)]
  let registeredCount: Int
  let sampleCount: Int
  let eventCount: Int
  let payloadBytes: Int
}
