/// Why psql could not be started.
struct SQLError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
