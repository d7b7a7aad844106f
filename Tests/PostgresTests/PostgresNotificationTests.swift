import Postgres
import Runtime
import TestSupport
import Testing

@Suite struct PostgresNotificationTests {
  let database: TestDatabase
  let listener: PostgresConnection
  let sender: PostgresConnection

  init() throws {
    database = try TestDatabase.makeEmpty()
    listener = try database.connect()
    sender = try database.connect()
    try listener.listen("daybook_events")
  }

  @Test func aNotificationEndsTheWait() throws {
    let sender = self.sender
    let thread = OwnedThread("notifier") {
      MonotonicClock.sleep(for: .milliseconds(100))
      try? sender.execute("NOTIFY daybook_events, 'payload'")
    }
    #expect(try listener.waitForNotification(timeout: .seconds(20)) == ["daybook_events"])
    thread.join()
  }

  @Test func notificationsBeforeTheWaitAreNotLost() throws {
    try sender.execute("NOTIFY daybook_events, 'a'; NOTIFY daybook_events, 'b'; NOTIFY other")
    _ = try listener.query(sql: "SELECT 1")
    #expect(try listener.waitForNotification(timeout: .seconds(20)) == ["daybook_events", "daybook_events"])
  }

  @Test func theTimeEndsTheWait() throws {
    #expect(try listener.waitForNotification(timeout: .milliseconds(30)) == [])
    #expect(try listener.waitForNotification(timeout: .zero) == [])
  }

  @Test func aRingEndsTheWaitAndIsTaken() throws {
    let wake = WakeDescriptor()
    let thread = OwnedThread("ringer") {
      MonotonicClock.sleep(for: .milliseconds(50))
      wake.wake()
      wake.wake()
    }
    let start = MonotonicClock.now
    #expect(try listener.waitForNotification(timeout: .seconds(20), wake: wake) == [])
    thread.join()
    wake.clear()
    #expect(MonotonicClock.now - start < 10_000_000_000)
    #expect(try listener.waitForNotification(timeout: .milliseconds(20), wake: wake) == [])
  }

  @Test func aKilledSessionEndsTheWaitWithAnError() throws {
    let (sender, process) = (self.sender, listener.processID)
    let thread = OwnedThread("killer") {
      MonotonicClock.sleep(for: .milliseconds(50))
      _ = try? sender.query(sql: "SELECT pg_terminate_backend(\(process))")
    }
    let error = #expect(throws: PostgresError.self) { try listener.waitForNotification(timeout: .seconds(20)) }
    thread.join()
    #expect(error?.isConnectionLost == true)
    #expect(listener.isBroken)
  }

  @Test func channelNamesAreQuoted() throws {
    try listener.listen("Odd \"name\"")
    try sender.execute("NOTIFY \"Odd \"\"name\"\"\"")
    #expect(try listener.waitForNotification(timeout: .seconds(20)) == ["Odd \"name\""])
  }
}
