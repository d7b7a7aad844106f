import Events

/// What one shard's events of one flush say.
struct CatalogueChanges {
  var registered: [SeriesRegistered.Entry] = []
  /// Per metric, by the bytes of its name (names that differ in them are different metrics, also where Swift's texts are
  /// equal), all that was said, as one description.
  private(set) var described: [[UInt8]: Described] = [:]

  struct Described {
    var unit: AttributeChange<String> = .kept
    var description: AttributeChange<String> = .kept
    var kind: AttributeChange<MetricKind> = .kept

    mutating func follow(with later: Described) {
      unit = unit.followed(by: later.unit)
      description = description.followed(by: later.description)
      kind = kind.followed(by: later.kind)
    }
  }

  /// Called in the order of the events.
  mutating func describe(_ event: MetricDescribed) {
    let said = Described(unit: event.unit, description: event.description, kind: event.kind)
    described[Array(event.metric.name.utf8), default: Described()].follow(with: said)
  }
}
