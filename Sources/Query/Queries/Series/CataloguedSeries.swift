package import Events

/// A series as the catalogue knows it.
package struct CataloguedSeries: Sendable {
  package let id: SeriesID
  package let labels: SeriesLabels

  package init(id: SeriesID, labels: SeriesLabels) {
    self.id = id
    self.labels = labels
  }
}
