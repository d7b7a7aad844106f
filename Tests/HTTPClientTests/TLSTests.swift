import Foundation
import HTTPClient
import Runtime
import TestSupport
import Testing

/// Against OpenSSL's own server, with certificates made for the test.
struct TLSTests {
  @Test func aServerWithACertificateOfATrustedAuthorityIsAnswered() throws {
    let scene = try TLSScene(names: "DNS:localhost,IP:127.0.0.1")
    defer { scene.stop() }
    for host in ["localhost", "127.0.0.1"] {
      let answer = try scene.client(host, trust: scene.authority).send("GET", "/")
      #expect(answer.status == 200)
      #expect(answer.text.contains("TLSv1.3") || answer.text.contains("TLSv1.2"))
    }
  }

  @Test func aServerWhoseAuthorityNobodyNamedIsNotTrusted() throws {
    let scene = try TLSScene(names: "DNS:localhost")
    defer { scene.stop() }
    let error = #expect(throws: HTTPClientError.self) { try scene.client("localhost", trust: nil).send("GET", "/") }
    #expect(error?.kind == .untrusted)
    #expect(error?.isPassing == false)
    #expect(error?.description.contains("--ca FILE") == true)
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func aCertificateOfAnotherHostIsNotTrusted(host: String) throws {
    let scene = try TLSScene(names: "DNS:elsewhere.example,IP:127.0.0.9")
    defer { scene.stop() }
    let error = #expect(throws: HTTPClientError.self) {
      try scene.client(host, trust: scene.authority).send("GET", "/")
    }
    #expect(error?.kind == .untrusted)
  }

  @Test func aServerThatOffersOldTLSOnlyIsRefused() throws {
    let scene = try TLSScene(names: "DNS:localhost", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    defer { scene.stop() }
    #expect(throws: HTTPClientError.self) { try scene.client("localhost", trust: scene.authority).send("GET", "/") }
  }

  @Test func aFileThatHoldsNoCertificatesIsRefused() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/empty.pem"
    try Data().write(to: URL(fileURLWithPath: path))
    for file in [path, folder.path + "/none.pem"] {
      let error = #expect(throws: HTTPClientError.self) { try TLSTrust(certificates: file) }
      #expect(error?.description.contains(file) == true)
    }
  }
}
