import Access
import Foundation
import Runtime
import TestSupport
import Testing

/// A service's view of a file that changes under it.
@Suite struct TokenStoreTests {
  private let folder = TemporaryFolder()
  private var file: TokenFile { TokenFile("\(folder.path)/tokens") }

  private func isLetIn(_ secret: String, _ store: TokenStore) -> Bool {
    let gate = AccessGate(tokens: store, hostNames: [], metrics: MetricsRegistry())
    var request = AccessRequest()
    request.path = "/any"
    request.hosts = ["localhost"]
    request.authorizations = ["Bearer \(secret)"]
    return (try? gate.admit(request, TestPolicy())) != nil
  }

  /// With a log that `logged` reads.
  private func makeStore() throws -> TokenStore {
    let log = open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    return try TokenStore(file, logger: Logger(program: "test", descriptor: log))
  }

  private var logged: String { (try? TestText.read("\(folder.path)/log")) ?? "" }

  @Test func addedAndRemovedTokensCountWithinASecond() throws {
    let first = try file.add("first", [.read])
    let store = try makeStore()
    defer { store.stop() }
    #expect(isLetIn(first, store))
    let second = try file.add("second", [.read])
    let start = MonotonicClock.now
    try waitUntil { isLetIn(second, store) }
    try file.remove("first")
    try waitUntil { !isLetIn(first, store) }
    #expect(MonotonicClock.now - start < 2_000_000_000)
    #expect(isLetIn(second, store))
  }

  @Test func aFileThatCannotBeUsedLeavesTheTokensAndSaysWhy() throws {
    let secret = try file.add("a", [.read])
    let good = try TestText.read(file.path)
    let store = try makeStore()
    defer { store.stop() }
    try TestText.write(good + "b read \(secret)\n", to: file.path)
    try waitUntil { logged.contains("line 3: expected") }
    #expect(isLetIn(secret, store))
    #expect(!logged.contains(secret))
    try TestText.write(good, to: file.path, mode: 0o644)
    try waitUntil { logged.contains("chmod 600") }
    #expect(isLetIn(secret, store))
    try FileManager.default.removeItem(atPath: file.path)
    try waitUntil { logged.contains("No such file") }
    #expect(isLetIn(secret, store))
    try TestText.write("", to: file.path)
    try waitUntil { !isLetIn(secret, store) }
  }

  @Test func aFileInTheMiddleOfBeingWrittenIsNotTaken() throws {
    let secret = try file.add("a", [.read])
    let good = try TestText.read(file.path)
    let store = try makeStore()
    defer { store.stop() }
    // An editor that empties the file and writes it again, over and over: it never settles on emptiness.
    for _ in 0..<60 {
      try TestText.write("", to: file.path)
      #expect(isLetIn(secret, store))
      try TestText.write(good, to: file.path)
      MonotonicClock.sleep(for: .milliseconds(20))
      #expect(isLetIn(secret, store))
    }
  }

  @Test func withoutAFileThereIsNoStart() throws {
    #expect(throws: TokenFileError.self) { try makeStore() }
  }
}
