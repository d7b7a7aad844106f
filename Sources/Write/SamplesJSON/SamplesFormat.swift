/// How samples stand in a body.
package enum SamplesFormat: Sendable {
  /// One object, or an array of objects.
  case json
  /// One object per line (NDJSON); empty lines are passed over.
  case lines
}
