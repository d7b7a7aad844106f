/// Why nothing could be measured, or why what was measured is not to be believed.
package struct BenchError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
