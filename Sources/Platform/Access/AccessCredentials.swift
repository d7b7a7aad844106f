import HTTPServer

/// Where a request carries its secret.
package enum AccessCredentials {
  /// Bytes of an `Authorization` header that are looked at: far more than any secret of ours has.
  private static let limit = 1024

  /// The secret that a request carries, or nil if it carries none.
  ///
  /// `Authorization: Bearer SECRET`; `Token SECRET` or `Token USER:SECRET` as clients of InfluxDB send; `Basic` with the
  /// secret as password; and in the query `p=SECRET` where the protocol has it. The header comes first.
  static func secret(_ request: AccessRequest, inQuery: Bool) throws(AccessRefusal) -> String? {
    guard request.authorizations.count <= 1 else { throw .credentialsUnreadable }
    if let header = request.authorizations.first {
      guard header.utf8.count <= limit, let secret = secret(header), !secret.isEmpty else {
        throw .credentialsUnreadable
      }
      return secret
    }
    guard inQuery else { return nil }
    return HTTPQuery.items(request.query).first { $0.name == passwordName }.flatMap {
      $0.value.isEmpty ? nil : $0.value
    }
  }

  /// `query` without `u` and `p`, which hold a name and a secret: for what is stored about a request.
  package static func removed(from query: String) -> String {
    query.utf8.split(separator: 0x26).filter { piece in
      let name = HTTPQuery.items(String(decoding: Array(piece), as: UTF8.self)).first?.name
      return name != passwordName && name != userName
    }.map { String(decoding: Array($0), as: UTF8.self) }.joined(separator: "&")
  }

  private static let userName = "u"
  private static let passwordName = "p"

  private static func secret(_ header: String) -> String? {
    guard let space = header.firstIndex(of: " ") else { return nil }
    let value = String(header[space...].drop { $0 == " " })
    switch header[..<space].lowercased() {
    case "bearer": return value
    case "token": return password(value) ?? value
    case "basic": return Base64.decode(value).flatMap { password(String(decoding: $0, as: UTF8.self)) }
    default: return nil
    }
  }

  /// What follows the first colon.
  private static func password(_ text: String) -> String? {
    text.firstIndex(of: ":").map { String(text[text.index(after: $0)...]) }
  }
}
