import Synchronization

/// Instruments of one family that are made at the first use of their labels. Any thread.
///
/// Whoever uses it sees to it that `Key` has few values: a word of a client's must not be one. What is made stays.
package final class LabelledInstruments<Key: Hashable & Sendable, Instrument: Sendable>: Sendable {
  private let made = Mutex<[Key: Instrument]>([:])
  private let make: @Sendable (Key) -> Instrument

  package init(_ make: @escaping @Sendable (Key) -> Instrument) {
    self.make = make
  }

  package subscript(_ key: Key) -> Instrument {
    made.withLock { made in
      if let instrument = made[key] { return instrument }
      let instrument = make(key)
      made[key] = instrument
      return instrument
    }
  }

  /// All that was made so far.
  package var all: [Key: Instrument] { made.withLock { $0 } }
}
