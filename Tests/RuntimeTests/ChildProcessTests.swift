import Glibc
import Runtime
import TestSupport
import Testing

@Suite struct ChildProcessTests {
  @Test func theEndOfAChildSaysHowItEnded() throws {
    let failing = try ChildProcess(ChildCommand(["/bin/sh", "-c", "exit 7"]))
    #expect(failing.waitForEnd(.seconds(10)) == .exited(7))
    #expect(failing.end?.isSuccess == false && failing.processID == nil)
    let endless = try ChildProcess(ChildCommand(["/bin/sleep", "60"]))
    #expect(endless.end == nil && endless.processID != nil)
    endless.signal(SIGKILL)
    #expect(endless.waitForEnd(.seconds(10)) == .signaled(SIGKILL))
    // Its number may be another's by now: nothing is sent.
    endless.signal(SIGKILL)
  }

  @Test func aProgramThatIsNotThereIsNamed() {
    let error = #expect(throws: ChildProcessError.self) {
      _ = try ChildProcess(ChildCommand(["/nowhere/program"]))
    }
    #expect(error?.description == "cannot start /nowhere/program: No such file or directory")
  }

  @Test func aChildGetsTheEnvironmentFolderAndDescriptorsItWasGiven() throws {
    let folder = TemporaryFolder()
    let output = open("\(folder.path)/output", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(output) }
    var command = ChildCommand(
      ["/bin/sh", "-c", "echo \"$GREETING\"; pwd -P; echo problem >&2"],
      environment: ChildCommand.environment(changing: ["GREETING": "good = morning"]))
    command.directory = "/usr"
    command.standardOutput = output
    command.standardError = output
    #expect(try ChildProcess(command).waitForEnd(.seconds(10))?.isSuccess == true)
    #expect(text("\(folder.path)/output") == "good = morning\n/usr\nproblem\n")
  }

  private func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test func aChildOutlivesTheThreadThatAskedForIt() throws {
    // Started from a thread that ends at once: the child must not end with it.
    let started = Monitor<ChildProcess?>(nil)
    OwnedThread("short") {
      let child = try? ChildProcess(ChildCommand(["/bin/sleep", "60"]))
      started.withLock { $0 = child }
    }.join()
    let child = try #require(started.withLock { $0 })
    #expect(child.waitForEnd(.milliseconds(200)) == nil)
    child.signal(SIGTERM)
    #expect(child.waitForEnd(.seconds(10)) == .signaled(SIGTERM))
  }
}
