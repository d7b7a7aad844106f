import CMicroHTTP
import Runtime

/// The C functions that libmicrohttpd calls. `context` is the `HTTPThreadContext`, which outlives the daemon.
///
/// A request's pointer holds one reference to its exchange, a connection's one to its HTTPConnection: each is taken by the
/// first callback and given back by the last.
enum HTTPCallbacks {
  /// What a daemon of `context` is started with.
  static func settings(_ context: HTTPThreadContext) -> daybook_mhd_settings {
    let settings = context.dispatcher.settings
    return daybook_mhd_settings(
      connection_limit: UInt32(settings.connectionLimit), memory_limit: settings.headerLimit,
      idle_seconds: UInt32(max(1, settings.idleTimeout.seconds.rounded(.up))), access: access, completed: completed,
      connection: connection, request_line: requestLine, context: Unmanaged.passUnretained(context).toOpaque())
  }

  static let requestLine:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
      context, uri, handle in
      guard let context, let uri, let handle else { return nil }
      let connection = daybook_mhd_socket_context(handle).map {
        Unmanaged<HTTPConnection>.fromOpaque($0).takeUnretainedValue()
      }
      let exchange = server(context).dispatcher.requestStarted(HTTPTarget(uri), handle, connection)
      return Unmanaged.passRetained(exchange).toOpaque()
    }

  static let access: MHD_AccessHandlerCallback = { _, handle, _, method, version, data, size, request in
    guard let handle, let method, let version, let size, let raw = request?.pointee else { return .NO }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(raw).takeUnretainedValue()
    if !exchange.hasHeaders {
      exchange.hasHeaders = true
      exchange.method = String(cString: method)
      return exchange.open(handle, version: String(cString: version))
    }
    guard size.pointee > 0 else { return exchange.proceed(handle) }
    let piece = UnsafeRawBufferPointer(start: data, count: size.pointee)
    size.pointee = 0
    return exchange.receive(piece, handle)
  }

  static let completed: MHD_RequestCompletedCallback = { context, _, request, _ in
    guard let context, let request, let raw = request.pointee else { return }
    request.pointee = nil
    server(context).dispatcher.requestCompleted(Unmanaged<HTTPExchange>.fromOpaque(raw).takeRetainedValue())
  }

  static let connection: MHD_NotifyConnectionCallback = { context, handle, slot, code in
    guard let context, let handle, let slot else { return }
    if code == .CONNECTION_NOTIFY_STARTED {
      let context = server(context)
      let started = context.dispatcher.connectionStarted(
        descriptor: daybook_mhd_descriptor(handle), session: daybook_mhd_session(handle), context)
      slot.pointee = Unmanaged.passRetained(started).toOpaque()
    } else if let raw = slot.pointee {
      slot.pointee = nil
      server(context).dispatcher.connectionClosed(Unmanaged<HTTPConnection>.fromOpaque(raw).takeRetainedValue())
    }
  }

  private static func server(_ context: UnsafeMutableRawPointer) -> HTTPThreadContext {
    Unmanaged<HTTPThreadContext>.fromOpaque(context).takeUnretainedValue()
  }
}
