/// What became of the views for people: see `ReadStore.publishViews`.
package enum ViewsOutcome: Sendable, Equatable {
  /// They show the active builds already.
  case current
  /// They show these schemas from now on.
  case published(timeline: String, catalogue: String)
  /// Somebody's open transaction has read them: they show what they showed. Try again later.
  case busy
  /// A projection has no active build yet.
  case noBuild
}
