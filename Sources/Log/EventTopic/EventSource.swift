package import Events

/// Whose an event is, as `ce_source` says it: `urn:daybook:<store's id>:<generation>`.
package struct EventSource: Hashable, Sendable, CustomStringConvertible {
  package let idHigh: UInt64
  package let idLow: UInt64
  package let generation: Int32

  static let prefix = "urn:daybook:"

  package init(_ store: StoreIdentity) {
    (idHigh, idLow, generation) = (store.idHigh, store.idLow, store.generation)
  }

  /// Nil for what no relay of ours wrote.
  init?(_ text: UnsafeRawBufferPointer) {
    let prefix = Self.prefix.utf8
    let idEnd = prefix.count + EventText.uuidSize
    guard text.count > idEnd + 1, zip(prefix, text).allSatisfy({ $0 == $1 }), text[idEnd] == UInt8(ascii: ":"),
      let id = EventText.uuid(UnsafeRawBufferPointer(rebasing: text[prefix.count..<idEnd])),
      let generation = EventText.integer(UnsafeRawBufferPointer(rebasing: text[(idEnd + 1)...])),
      let generation = Int32(exactly: generation), generation >= 1
    else { return nil }
    (idHigh, idLow, self.generation) = (id.high, id.low, generation)
  }

  package func isSameStore(as store: StoreIdentity) -> Bool { idHigh == store.idHigh && idLow == store.idLow }

  package var description: String { "\(Self.prefix)\(UUIDText.text(high: idHigh, low: idLow)):\(generation)" }
}
