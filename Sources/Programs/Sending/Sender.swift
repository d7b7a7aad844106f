import Glibc
import Hashing
import HTTPClient
import Runtime

/// One run: reads an input, sends it over several connections, and keeps how far it has come.
///
/// One thread reads and cuts, each connection has one that encodes, sends and waits; the caller's writes the state. Memory
/// is bounded by the queue (one batch a connection), what each connection has under way, and the window of the board.
package final class Sender: Sendable {
  private let settings: SendSettings
  private let control = SendControl()

  /// How long a stop waits for the requests that are under way.
  private static let stopLimit = Duration.seconds(10)
  private static let tick = Duration.milliseconds(100)
  private static let requestTimeout = Duration.seconds(60)

  package init(_ settings: SendSettings) { self.settings = settings }

  /// Ends the run early, from any thread: what is under way is still waited for, a little.
  package func stop() { control.stop() }

  /// Runs to the end. Throws where nothing could be begun; `progress` is told how far it is ten times a second.
  package func run(_ input: InputSource, progress: (SendProgress) -> Void) throws(SendError) -> SendReport {
    let started = MonotonicClock.now
    var cutter = BatchCutter(input, size: settings.format.batchBytes, delimiter: settings.format.csv?.delimiter)
    try cutter.begin()
    let encoders = try encoders(&cutter)
    let journal = try SendJournal(settings, input, firstOffset: cutter.offset, firstLine: cutter.line)
    if let resumed = journal.resumedAt { try cutter.skip(to: resumed, line: journal.state.line) }
    let state = journal.state
    let board = SendBoard(
      Watermark(offset: state.offset, line: state.line, totals: state.totals), queueLimit: settings.connections,
      threads: settings.connections + 1)
    startReader(cutter, board)
    for (number, encoder) in encoders.enumerated() {
      startConnection(number, encoder, try delivery(number, run: state.run), board)
    }
    let before = state.totals.accepted
    let rawBefore = input.isCompressed ? 0 : state.offset
    let last = try watch(board, journal) { watermark in
      progress(
        SendProgress(
          bytesDone: max(rawBefore, watermark.rawOffset), bytesTotal: input.size, bytesBefore: rawBefore,
          accepted: watermark.totals.accepted + watermark.acceptedBehind - before, rejected: watermark.totals.rejected,
          seconds: Self.seconds(since: started), problem: self.control.problem))
    }
    let isComplete = last.isEnded && last.isInputRead && last.failure == nil && last.watermark.open == 0
    let end: SendReport.End = isComplete ? .complete : last.failure.map { .failed($0) } ?? .interrupted
    if isComplete { journal.finish() }
    return SendReport(
      end: end, totals: last.watermark.totals, accepted: last.watermark.totals.accepted - before,
      seconds: Self.seconds(since: started), resumedAt: journal.resumedAt, isDryRun: settings.isDryRun)
  }

  /// One for each connection.
  private func encoders(_ cutter: inout BatchCutter) throws(SendError) -> [any BatchEncoding] {
    guard let csv = settings.format.csv else { return (0..<settings.connections).map { _ in PlainEncoder() } }
    let header = csv.hasHeader ? try cutter.takeHeader() : nil
    let layout = try CSVLayout(csv, header: header)
    var zone: LocalTimeZone?
    if let name = csv.zone {
      do throws(UsageError) { zone = try LocalTimeZone(name) } catch { throw SendError(error.description) }
    }
    return (0..<settings.connections).map { _ in CSVEncoder(csv, layout, zone: zone?.copy()) }
  }

  private func delivery(_ number: Int, run: String) throws(SendError) -> any BatchDelivery {
    if settings.isDryRun { return DryDelivery(settings.format) }
    let client = HTTPClient(settings.endpoint, trust: settings.trust, timeout: Self.requestTimeout)
    let connection = ServiceConnection(
      client, headers: settings.headers, control: control, number: number, retryFor: settings.retryFor)
    let target = settings.format.target(settings.mode)
    let type = settings.format.contentType
    if case .samples = settings.format {
      return SampleDelivery(
        connection: connection, target: target, contentType: type, gzip: settings.gzip, run: run)
    }
    return LineDelivery(connection: connection, target: target, contentType: type, gzip: settings.gzip, run: run)
  }

  private func startReader(_ cutter: consuming BatchCutter, _ board: SendBoard) {
    let box = ThreadHandover(cutter)
    _ = OwnedThread("send-reader") {
      var cutter = box.take()
      do throws(SendError) {
        while let batch = try cutter.next() {
          guard board.push(batch) else { break }
        }
        if !self.control.isStopping { board.inputRead() }
      } catch {
        board.fail(error)
      }
      board.threadEnded()
    }
  }

  private func startConnection(
    _ number: Int, _ encoder: any BatchEncoding, _ delivery: any BatchDelivery, _ board: SendBoard
  ) {
    let box = ThreadHandover((encoder, delivery))
    _ = OwnedThread("send-\(number)") {
      let (encoder, delivery) = box.take()
      do throws(SendError) {
        while let batch = board.pop() {
          let encoded = encoder.encode(batch)
          board.done(batch, try delivery.deliver(encoded, offset: batch.offset, firstLine: batch.firstLine))
        }
      } catch {
        if error.isInterruption { board.stop() } else { board.fail(error) }
        self.control.stop()
      }
      board.threadEnded()
    }
  }

  private func watch(
    _ board: SendBoard, _ journal: SendJournal, _ progress: (Watermark) -> Void
  ) throws(SendError) -> SendBoard.Snapshot {
    var stopDeadline: UInt64?
    while true {
      let snapshot = board.snapshot(until: MonotonicClock.deadline(after: Self.tick))
      do throws(SendError) {
        try journal.record(snapshot.watermark, rejected: snapshot.rejected)
      } catch {
        control.stop()
        board.fail(error)
      }
      progress(snapshot.watermark)
      if snapshot.isEnded { return snapshot }
      if control.isStopping {
        board.stop()
        let deadline = stopDeadline ?? MonotonicClock.deadline(after: Self.stopLimit)
        stopDeadline = deadline
        if MonotonicClock.now > deadline { return snapshot }
      }
    }
  }

  private static func seconds(since started: UInt64) -> Double { Double(MonotonicClock.now - started) / 1e9 }
}
