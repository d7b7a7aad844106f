import Access
import Foundation
import Runtime
import TestSupport
import Testing

/// The file itself: what a careless or a hostile hand may make of it.
@Suite struct TokenFileTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/tokens" }
  private var file: TokenFile { TokenFile(path) }
  private let hash = String(repeating: "0123456789abcdef", count: 4)
  private let time = "2026-01-31T12:00:00Z"

  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }

  @Test func aSecretHas256BitsIsNeverTheSameAndIsNotInTheFile() throws {
    var secrets: Set<String> = []
    for index in 0..<50 { secrets.insert(try file.add("t\(index)", [.read])) }
    #expect(secrets.count == 50)
    let text = try TestText.read(path)
    for secret in secrets {
      #expect(secret.hasPrefix("daybook_") && secret.utf8.count == 8 + 43)
      let decoded = Data(
        base64Encoded: secret.dropFirst(8).replacing("-", with: "+").replacing("_", with: "/") + "=")
      #expect(decoded?.count == 32)
      #expect(!text.contains(secret) && !text.contains(secret.dropFirst(8)))
    }
  }

  @Test func theHashIsSHA256OfTheWholeSecret() throws {
    let secret = try file.add("a", [.write])
    let sum = Process()
    sum.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    let (input, output) = (Pipe(), Pipe())
    (sum.standardInput, sum.standardOutput) = (input, output)
    try sum.run()
    input.fileHandleForWriting.write(Data(secret.utf8))
    input.fileHandleForWriting.closeFile()
    let digest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).prefix(64)
    sum.waitUntilExit()
    #expect(try TestText.lines(of: path).last?.hasPrefix("a write \(digest) 20") == true)
  }

  @Test func addingAndRemovingKeepsEveryOtherByte() throws {
    let old = "# ours\n\nold  read\t\(hash) \(time)\r\n  # not ours\n"
    try TestText.write(old, to: path)
    _ = try file.add("new", [.read, .write])
    let grown = try TestText.read(path)
    #expect(grown.hasPrefix(old))
    #expect(grown.dropFirst(old.count).hasPrefix("new read,write "))
    #expect(try file.read().tokens.map(\.name) == ["old", "new"])
    try file.remove("new")
    #expect(try TestText.read(path) == old)
    try file.remove("old")
    #expect(try TestText.read(path) == "# ours\n\n  # not ours\n")
    #expect(try file.read().tokens.isEmpty)
  }

  @Test func aFileWithoutALastLineBreakIsNotRunTogether() throws {
    try TestText.write("old read \(hash) \(time)", to: path)
    _ = try file.add("new", [.read])
    #expect(try file.read().tokens.map(\.name) == ["old", "new"])
  }

  @Test func aNewFileIsReadableByItsOwnerOnlyWhateverTheUmask() throws {
    _ = try file.add("a", [.read])
    #expect(TestText.mode(of: path) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokens"])
  }

  @Test func aChangeKeepsTheModeAndTheOwner() throws {
    try TestText.write("", to: path, mode: 0o640)
    if geteuid() == 0 { #expect(chown(path, 0, 65534) == 0) }
    _ = try file.add("a", [.read])
    #expect(TestText.mode(of: path) == 0o640)
    var status = stat()
    lstat(path, &status)
    #expect(status.st_gid == (geteuid() == 0 ? 65534 : getegid()))
  }

  @Test(arguments: [0o604, 0o644, 0o666, 0o602, 0o601, 0o620, 0o660])
  func aFileThatOthersCanGetAtIsRefusedAndNotChanged(mode: Int) throws {
    let text = "a read \(hash) \(time)\n"
    try TestText.write(text, to: path, mode: mode_t(mode))
    let advice = "chmod 600 \(path)"
    #expect(failure { _ = try file.read() }.contains(advice))
    #expect(failure { _ = try file.add("b", [.read]) }.contains(advice))
    #expect(failure { try file.remove("a") }.contains(advice))
    #expect(try TestText.read(path) == text)
  }

  @Test func aFileOfAnotherUserIsRefused() throws {
    // Nobody but root can give a file away.
    guard geteuid() == 0 else { return }
    try TestText.write("", to: path)
    #expect(chown(path, 65534, 65534) == 0)
    #expect(failure { _ = try file.read() }.contains("belongs to the user with id 65534"))
    #expect(failure { _ = try file.add("a", [.read]) }.contains("belongs to the user with id 65534"))
  }

  @Test func aLinkIsReadAndNeverWrittenThrough() throws {
    let real = "\(folder.path)/real"
    _ = try TokenFile(real).add("a", [.read])
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: real)
    #expect(try file.read().tokens.map(\.name) == ["a"])
    #expect(failure { _ = try file.add("b", [.read]) }.contains("symbolic link"))
    #expect(try TokenFile(real).read().tokens.count == 1)
    // Where another user laid a link to what is to be overwritten.
    let victim = "\(folder.path)/victim"
    try TestText.write("precious", to: victim)
    try FileManager.default.createSymbolicLink(atPath: real + ".new", withDestinationPath: victim)
    _ = try TokenFile(real).add("b", [.read])
    #expect(try TestText.read(victim) == "precious")
    #expect(try TokenFile(real).read().tokens.count == 2)
  }

  @Test func whatIsNoFileIsRefusedAndNotWaitedFor() throws {
    #expect(mkfifo(path, 0o600) == 0)
    #expect(failure { _ = try file.read() } == "\(path) is no file")
    #expect(failure { _ = try TokenFile(folder.path).read() } == "\(folder.path) is no file")
    #expect(failure { _ = try TokenFile("\(folder.path)/none").read() }.contains("No such file"))
    #expect(failure { _ = try TokenFile("\(folder.path)/none/tokens").add("a", [.read]) }.contains("No such file"))
  }

  @Test(arguments: [
    ("a read", "there are 2 words"), ("a read HASH TIME more", "there are 5 words"),
    ("a execute HASH TIME", "the scopes"),
    ("a read,read HASH TIME", "the scopes"), ("a , HASH TIME", "the scopes"), ("a read abc TIME", "SHA-256"),
    ("a read HASH0 TIME", "SHA-256"), ("a read HASH yesterday", "must be a time"),
    ("a read HASH 2026-01-31T12:00", "must be a time"), ("ä read HASH TIME", "letters, digits"),
    ("-a read HASH TIME", "letters, digits"), ("anonymous read HASH TIME", "without a token"),
  ])
  func aLineThatIsNoTokenIsNamedAndNotShown(line: String, problem: String) throws {
    let text = line.replacing("HASH", with: hash).replacing("TIME", with: time)
    try TestText.write("# a comment\n\(text)\n", to: path)
    let error = failure { _ = try file.read() }
    #expect(error.hasPrefix("\(path), line 2: ") && error.contains(problem), "\(error)")
    #expect(!error.contains(hash))
  }

  @Test func aFileCutOffAnywhereInALineIsRefused() throws {
    let line = "a read,write \(hash) \(time)"
    for length in 1..<line.utf8.count {
      try TestText.write(String(line.prefix(length)), to: path)
      #expect(throws: TokenFileError.self, "\(length) bytes") { try file.read() }
    }
    try TestText.write(line, to: path)
    #expect(try file.read().tokens.count == 1)
  }

  @Test func namesAndHashesStandOnce() throws {
    try TestText.write("a read \(hash) \(time)\na write \(hash.replacing("0", with: "1")) \(time)\n", to: path)
    #expect(failure { _ = try file.read() }.contains("a second token 'a'"))
    try TestText.write("a read \(hash) \(time)\nb write \(hash) \(time)\n", to: path)
    #expect(failure { _ = try file.read() }.contains("the hash stands there twice"))
    try FileManager.default.removeItem(atPath: path)
    _ = try file.add("a", [.read])
    let before = try TestText.read(path)
    #expect(failure { _ = try file.add("a", [.write]) }.contains("has one of that name"))
    #expect(failure { try file.remove("b") }.contains("has none of that name; it has a"))
    #expect(try TestText.read(path) == before)
  }

  @Test func tokensHaveALimit() throws {
    let rows = (0..<10_000).map { index in
      let digits = String(index, radix: 16)
      return "t\(index) read \(String(repeating: "0", count: 64 - digits.count) + digits) \(time)\n"
    }
    try TestText.write(rows.joined(), to: path)
    #expect(try file.read().tokens.count == 10_000)
    #expect(failure { _ = try file.add("one-more", [.read]) }.contains("has 10000 tokens"))
    try TestText.write(rows.joined() + "x read \(hash) \(time)\n", to: path)
    #expect(failure { _ = try file.read() }.contains("more than 10000 tokens"))
    try TestText.write(String(repeating: "#", count: 5 << 20), to: path)
    #expect(failure { _ = try file.read() }.contains("more than 4194304 bytes"))
  }

  @Test func manyProcessesThatAddAtOnceLoseNothing() throws {
    let path = path
    let threads = (0..<8).map { thread in
      OwnedThread("adder-\(thread)") {
        for index in 0..<10 { _ = try? TokenFile(path).add("t\(thread)-\(index)", [.read]) }
      }
    }
    for thread in threads { thread.join() }
    #expect(Set(try file.read().tokens.map(\.name)).count == 80)
  }
}
