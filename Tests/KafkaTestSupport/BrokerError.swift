package struct BrokerError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
