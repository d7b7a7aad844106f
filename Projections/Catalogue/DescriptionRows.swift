import Events

/// What was said of metrics, as columns. Pure.
struct DescriptionRows {
  /// One attribute of all metrics.
  struct Column {
    /// Whether anything was said of it.
    private(set) var isSaid: [Bool] = []
    /// What; nil where nothing was said, or that it is not known.
    private(set) var values: [String?] = []

    mutating func append<Value>(_ change: AttributeChange<Value>, _ text: (Value) -> String) {
      switch change {
      case .kept:
        isSaid.append(false)
        values.append(nil)
      case .cleared:
        isSaid.append(true)
        values.append(nil)
      case .set(let value):
        isSaid.append(true)
        values.append(text(value))
      }
    }
  }

  /// Each once, sorted by bytes.
  private(set) var names: [String] = []
  private(set) var units = Column()
  private(set) var descriptions = Column()
  private(set) var kinds = Column()

  /// One element per shard. All that is said of a metric is in one of them.
  init(_ changes: [CatalogueChanges]) {
    var all: [[UInt8]: CatalogueChanges.Described] = [:]
    for change in changes { all.merge(change.described) { first, _ in first } }
    for (name, said) in all.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      names.append(String(decoding: name, as: UTF8.self))
      units.append(said.unit) { $0 }
      descriptions.append(said.description) { $0 }
      kinds.append(said.kind, \.name)
    }
  }
}
