import CMicroHTTP
import Glibc
import Runtime
import Synchronization

/// The connection's side of an exchange: called on the connection's thread only.
extension HTTPExchange {
  /// The headers are there, the body is not. Refuses at once whom nobody lets in, and what is announced to be too much.
  func open(_ handle: OpaquePointer, version: String) -> MHD_Result {
    let settings = dispatcher.settings
    // Chunked bodies have no length that counts, even if one is given (RFC 9112, 6.3).
    let isChunked = header("Transfer-Encoding") != nil
    if !isChunked, let length = header("Content-Length") { declared = Int(length) ?? .max }
    switch settings.admit(HTTPRequestHead(self, handle, version: version, isEncrypted: settings.tls != nil)) {
    case .admit(let identity):
      self.identity = identity
      guard let declared else { return .YES }
      if declared > settings.bodyLimit {
        refuse(.tooLarge)
      } else if !dispatcher.admission.hasRoom(for: declared) {
        refuse(.overloaded)
      } else {
        return .YES
      }
    case .refuse(let response):
      dispatcher.counters.notAdmitted.add()
      refuse(response, closing: isChunked || declared ?? 0 > 0)
    }
    // A client that waits for 100 Continue has not sent the body, and of a long one nobody wants to read the rest.
    let isWaiting = header("Expect") != nil
    return isWaiting || declared ?? 0 > settings.swallowLimit ? queueAnswer(handle) : .YES
  }

  /// A piece of the body.
  func receive(_ piece: UnsafeRawBufferPointer, _ handle: OpaquePointer) -> MHD_Result {
    if isRefused { return swallow(piece.count, handle) }
    let outcome = received.append(
      piece, declared: declared, limit: dispatcher.settings.bodyLimit, admission: dispatcher.admission)
    if outcome == .kept { return .YES }
    refuse(outcome)
    return swallow(piece.count, handle)
  }

  /// The body is complete, or the connection was woken.
  func proceed(_ handle: OpaquePointer) -> MHD_Result {
    let isNew = state.withLock { state in
      guard case .receiving = state.phase else { return false }
      state.phase = .handling
      return true
    }
    if isNew {
      connection?.clearDeadline()
      handledAt = MonotonicClock.now
      dispatcher.handle(self)
    }
    let isSuspended = state.withLock { state in
      guard case .handling = state.phase else { return false }
      state.phase = .suspended
      // Under the lock: an answer that comes from elsewhere now finds a connection that is suspended and wakes it.
      MHD_suspend_connection(handle)
      return true
    }
    if isSuspended {
      // Whoever stops the server has looked at this exchange before it slept, or will look and find it asleep.
      if dispatcher.isClosing { abandon() }
      return .YES
    }
    return queueAnswer(handle)
  }

  /// The request is over, well or not: its connection is nothing to us from here.
  func complete() {
    let left = state.withLock { state -> PreparedResponse? in
      defer { state.phase = .finished }
      state.connection = nil
      state.isAbandoned = true
      switch state.phase {
      case .refused(let response), .answered(let response): return response
      case .receiving, .handling, .suspended, .finished: return nil
      }
    }
    left?.discard()
    dispatcher.answers.release(ObjectIdentifier(self))
  }

  /// Answers in the owner's place because the server stops.
  func abandon() {
    let prepared = PreparedResponse(dispatcher.settings.stoppingResponse(path), closing: true)
    let outcome = state.withLock { state -> State.Outcome in
      switch state.phase {
      case .handling, .suspended:
        if !state.isAbandoned { dispatcher.answered(self, prepared, received: 0) }
        let outcome = state.answer(prepared)
        state.isAbandoned = true
        return outcome
      case .receiving, .refused, .answered, .finished: return .late
      }
    }
    finish(outcome, prepared)
  }

  private var isRefused: Bool {
    state.withLock { state in
      guard case .refused = state.phase else { return false }
      return true
    }
  }

  private func refuse(_ outcome: HTTPRequestBody.Outcome) {
    let settings = dispatcher.settings
    // The connection ends after it: a client that sends too much is not to go on where it stopped.
    if outcome == .tooLarge {
      dispatcher.counters.tooLarge.add()
      refuse(settings.tooLargeResponse(path), closing: true)
    } else {
      dispatcher.counters.overloaded.add()
      refuse(settings.overloadedResponse(path), closing: true)
    }
  }

  private func refuse(_ response: HTTPResponse, closing: Bool) {
    let prepared = PreparedResponse(response, closing: closing || dispatcher.isDraining)
    dispatcher.counters.requests.refused(path: path, status: prepared.status, sent: prepared.size)
    state.withLock { $0.phase = .refused(prepared) }
  }

  /// Drops a piece of a refused body. An answer can only be queued before or after a body, so a client that does not
  /// stop in time is cut off without one.
  private func swallow(_ count: Int, _ handle: OpaquePointer) -> MHD_Result {
    swallowed += count
    return swallowed <= dispatcher.settings.swallowLimit ? .YES : .NO
  }

  private func queueAnswer(_ handle: OpaquePointer) -> MHD_Result {
    let response = state.withLock { state -> PreparedResponse? in
      switch state.phase {
      case .refused(let response), .answered(let response):
        state.phase = .finished
        return response
      case .receiving, .handling, .suspended, .finished: return nil
      }
    }
    guard let response else { return .NO }
    connection?.setDeadline(dispatcher.deadline(forSending: response.size))
    return response.queue(on: handle)
  }
}
