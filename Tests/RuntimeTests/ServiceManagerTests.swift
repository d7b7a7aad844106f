import Glibc
import Runtime
import TestSupport
import Testing

/// sd_notify(3)'s protocol, with a socket of the test's in systemd's place.
@Suite struct ServiceManagerTests {
  @Test(arguments: [false, true])
  func aManagerIsToldOverTheSocketThatItNames(isAbstract: Bool) throws {
    let folder = TemporaryFolder()
    let name = isAbstract ? "@daybook-test-\(getpid())" : "\(folder.path)/notify"
    let socket = try NotifySocket(name)
    let manager = try #require(ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil })
    manager.ready("taking\nrequests")
    #expect(socket.receive() == "READY=1\nSTATUS=taking requests")
    manager.status("busy")
    #expect(socket.receive() == "STATUS=busy")
    manager.stopping()
    #expect(socket.receive() == "STOPPING=1\nSTATUS=stopping")
  }

  @Test(arguments: [nil, "", "relative", "/", "@", "/" + String(repeating: "x", count: 107)])
  func withoutASocketThatCanBeNobodyIsTold(name: String?) {
    #expect(ServiceManager { _ in name } == nil)
  }

  @Test func aManagerThatIsGoneChangesNothing() throws {
    let manager = try #require(ServiceManager { _ in "/nonexistent/notify" })
    manager.ready("nobody hears it")
  }
}
