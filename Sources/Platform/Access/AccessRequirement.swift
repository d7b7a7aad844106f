/// What a request needs where a service asks for tokens.
package enum AccessRequirement: Sendable, Equatable {
  /// Nothing: probes that tell no more than that the service lives.
  case open
  /// Any token.
  case anyToken
  /// A token with this scope.
  case scope(AccessScope)
}
