import Glibc

/// A name and a value of an object. Valid as long as the document.
package struct JSONMember {
  /// UTF-8, unescaped.
  package let name: UnsafeBufferPointer<UInt8>
  package let value: JSONValue

  package func isNamed(_ text: StaticString) -> Bool {
    isNamed(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package func isNamed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count == name.count else { return false }
    guard let a = bytes.baseAddress, let b = name.baseAddress else { return true }
    return memcmp(a, b, name.count) == 0
  }
}
