import Runtime

/// The commands that wait for their transaction, and those in it. Many threads offer, one takes.
///
/// A command counts against the limits from `offer` until the taker is done with it, answered or not: that is how long it
/// takes memory.
final class CommandQueue: Sendable {
  private struct State {
    var waiting: [PendingCommand] = []
    /// The taker has taken `waiting[..<next]`.
    var next = 0
    /// Groups, in the order in which they were taken.
    var taken: [[PendingCommand]] = []
    /// How many commands must wait for the taker to be woken: it gathers them.
    var wakingCount = 1
    var commands = 0
    var bytes = 0
    var availability = AppenderState.unavailable(reason: "starting", since: 0)
    var isStopped = false
  }

  private let limits: AppenderLimits
  private let monitor: Monitor<State>

  init(limits: AppenderLimits) {
    self.limits = limits
    var state = State()
    state.availability = .unavailable(reason: "the event store is being connected", since: MonotonicClock.now)
    monitor = Monitor(state)
  }

  var availability: AppenderState { monitor.withLock { $0.availability } }

  func becomeReady() {
    monitor.withLock { $0.availability = .ready }
  }

  func becomeUnavailable(_ reason: String, since: UInt64) {
    monitor.withLock { $0.availability = .unavailable(reason: reason, since: since) }
  }

  /// Nil when the command was taken in; else nobody will answer it but the caller. A command that alone is bigger than the
  /// limit of bytes is taken when nothing else is there.
  func offer(_ command: PendingCommand) -> AppendError? {
    var isWaking = false
    let refused: AppendError? = monitor.withLock { state in
      if state.isStopped {
        return .unavailable(reason: "the service is stopping", retryAfter: limits.retryAfter)
      }
      if let reason = hopeless(state.availability) {
        return .unavailable(reason: reason, retryAfter: limits.retryAfter)
      }
      let bytes = state.bytes + command.prepared.bytes
      if state.commands >= limits.commandsLimit || (bytes > limits.bytesLimit && state.commands > 0) {
        return .overloaded(retryAfter: limits.retryAfter)
      }
      state.waiting.append(command)
      state.commands += 1
      state.bytes = bytes
      isWaking = state.waiting.count - state.next == state.wakingCount || state.bytes > limits.groupBytesLimit
      return nil
    }
    if isWaking { monitor.signal() }
    return refused
  }

  /// Why there is no use in waiting: the store has been away for longer than a command may wait.
  private func hopeless(_ availability: AppenderState) -> String? {
    guard case .unavailable(let reason, let since) = availability else { return nil }
    return MonotonicClock.now &- since >= UInt64(max(0, limits.patience.nanoseconds)) ? reason : nil
  }

  /// Waits for commands and takes as many of those waiting as one transaction holds, in order; nil once it is stopped and
  /// empty. An empty group after `deadline`: for whoever has something else to do meanwhile.
  /// - Parameter gathering: how many commands are worth waiting for, and until when; from then on one is enough.
  func take(until deadline: UInt64? = nil, gathering: (count: Int, until: UInt64)? = nil) -> [PendingCommand]? {
    if let gathering, gathering.count > 1 {
      switch wait(for: gathering.count, until: gathering.until) {
      case .group(let group): return group
      case .end: return nil
      case nil: break
      }
    }
    switch wait(for: 1, until: deadline) {
    case .group(let group): return group
    case .end: return nil
    case nil: return []
    }
  }

  /// For a taker that has a group under way: those waiting, as soon as there are `count` of them, or at `deadline` when there
  /// are `least`. Nil: there are fewer.
  func takeMore(_ count: Int, least: Int, until deadline: UInt64) -> [PendingCommand]? {
    if case .group(let group) = wait(for: count, until: deadline) { return group }
    return monitor.withLock { state in
      let waiting = state.waiting.count - state.next
      return waiting >= least ? nextGroup(&state) : nil
    }
  }

  private enum Taken {
    case group([PendingCommand])
    case end
  }

  private func wait(for count: Int, until deadline: UInt64?) -> Taken? {
    monitor.wait(until: deadline) { state in
      let waiting = state.waiting.count - state.next
      if state.isStopped { return waiting > 0 ? .group(self.nextGroup(&state)) : .end }
      state.wakingCount = count
      guard waiting >= count || state.bytes > limits.groupBytesLimit && waiting > 0 else { return nil }
      return .group(self.nextGroup(&state))
    }
  }

  private func nextGroup(_ state: inout State) -> [PendingCommand] {
    var end = state.next
    var bytes = 0
    while end < state.waiting.count, end - state.next < limits.groupCommandsLimit {
      bytes += state.waiting[end].prepared.bytes
      if bytes > limits.groupBytesLimit, end > state.next { break }
      end += 1
    }
    let group = Array(state.waiting[state.next..<end])
    state.next = end
    if state.next == state.waiting.count {
      state.waiting.removeAll(keepingCapacity: true)
      state.next = 0
    } else if state.next >= 4_096 {
      state.waiting.removeFirst(state.next)
      state.next = 0
    }
    state.taken.append(group)
    return group
  }

  /// The taker is done with the group that it took first: all of it is answered, or will be.
  func finishTaken() {
    let finished: [PendingCommand] = monitor.withLock { state in
      guard !state.taken.isEmpty else { return [] }
      let finished = state.taken.removeFirst()
      for command in finished { Self.release(command, &state) }
      return finished
    }
    // Freed here, outside of the lock.
    withExtendedLifetime(finished) {}
  }

  private static func release(_ command: PendingCommand, _ state: inout State) {
    state.commands -= 1
    state.bytes -= command.prepared.bytes
  }

  /// The commands that have waited for too long and are to be answered with the error: those still in the queue are taken
  /// out of it, those that the taker has stay with it. A taker that is stuck with commands for so long makes the store
  /// unavailable, until its next commit: a Postgres that hangs says nothing by itself.
  func expired(now: UInt64) -> (commands: [PendingCommand], error: AppendError) {
    monitor.withLock { state in
      var limit = limits.answerLimit
      var reason = "the event store has not answered for \(Int(limits.answerLimit.seconds)) s"
      if case .unavailable(let why, _) = state.availability {
        limit = limits.patience
        reason = why
      }
      let oldest = now &- UInt64(max(0, limit.nanoseconds))
      func isExpired(_ command: PendingCommand) -> Bool { Int64(bitPattern: oldest &- command.submittedAt) >= 0 }
      var expired = state.taken.joined().filter { isExpired($0) && !$0.isAnswered }
      // In order of arrival, but for the moments between making a command and offering it.
      while state.next < state.waiting.count, isExpired(state.waiting[state.next]) {
        let command = state.waiting[state.next]
        expired.append(command)
        Self.release(command, &state)
        state.next += 1
      }
      if state.availability.isReady, let stuck = state.taken.joined().first(where: isExpired) {
        state.availability = .unavailable(reason: reason, since: stuck.submittedAt)
      }
      return (expired, .unavailable(reason: reason, retryAfter: limits.retryAfter))
    }
  }

  /// Commands that nobody has taken yet.
  var waitingCount: Int { monitor.withLock { $0.waiting.count - $0.next } }

  /// Takes nothing more in; what waits can still be taken.
  func stop() {
    monitor.withLock { $0.isStopped = true }
    monitor.broadcast()
  }

  var isStopped: Bool { monitor.withLock { $0.isStopped } }

  /// Commands and bytes that count against the limits.
  var load: (commands: Int, bytes: Int) { monitor.withLock { ($0.commands, $0.bytes) } }
}
