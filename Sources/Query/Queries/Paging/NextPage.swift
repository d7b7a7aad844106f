/// What follows an answer.
package enum NextPage: Hashable, Sendable {
  /// No page was asked for: the answer is all of it.
  case notPaged
  /// Nothing: this was the last page.
  case last
  /// A page that begins behind this one.
  case more(PageCursor)

  package var cursor: PageCursor? {
    if case .more(let cursor) = self { cursor } else { nil }
  }
}
