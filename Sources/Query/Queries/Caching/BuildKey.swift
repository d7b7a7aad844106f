import Events

/// What cached content belongs to: another build, or the same of a store that was restored, has other content.
struct BuildKey: Hashable, Sendable {
  let id: Int32
  let store: StoreIdentity
}

extension Build {
  var key: BuildKey { BuildKey(id: id, store: store) }
}
