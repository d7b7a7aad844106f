/// Which series of a timeline become one line.
package enum Grouping: Hashable, Sendable {
  /// One line per series.
  case eachSeries
  /// One line per combination of these labels' values; none: one line for all. A series without such a label counts as
  /// one whose value is empty, and the line does not name it.
  case byLabels([String])
}
