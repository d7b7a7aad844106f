import Runtime
import Synchronization

/// What other threads have for a loop's thread to do. Many hand over, one takes.
///
/// Has no limit of its own: what is handed over are new connections and answers, of which there are never more than
/// connections may be open.
final class HTTPMailbox: WorkQueue {
  private struct State {
    var works: [Work] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let wake = WakeDescriptor()
  /// Whether the loop's thread is going to look here, and give libmicrohttpd its turn after.
  private let isRung = Atomic<Bool>(false)

  /// Readable when there is something to take.
  var descriptor: Int32 { wake.descriptor }

  func run(_ work: @escaping Work) {
    let isTaken = state.withLock { state in
      if state.isClosed { return false }
      state.works.append(work)
      return true
    }
    if isTaken { ring() } else { work() }
  }

  /// Wakes the loop's thread: there is work, or a connection was resumed. From any thread, after the fact.
  func ring() {
    if !isRung.exchange(true, ordering: .sequentiallyConsistent) { wake.wake() }
  }

  /// Runs what was handed over so far. On the loop's thread, before libmicrohttpd has its turn.
  ///
  /// Who finds `isRung` set need not ring: it is taken back only when works were run, those who came before that are found
  /// by the look after it, and connections that were resumed before it are served by libmicrohttpd's turn.
  func work() {
    wake.clear()
    while true {
      let works = state.withLock { state in
        defer { state.works = [] }
        return state.works
      }
      for work in works { work() }
      if works.isEmpty, !isRung.exchange(false, ordering: .sequentiallyConsistent) { return }
    }
  }

  /// Runs what was handed over; from here on callers run their works themselves. On the loop's thread.
  func close() {
    state.withLock { $0.isClosed = true }
    work()
  }
}
