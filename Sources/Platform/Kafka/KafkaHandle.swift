import CKafka
import Runtime

/// librdkafka's handle of a client with its callbacks, which run inside `poll` on the thread that calls it; but for the
/// log, which comes from librdkafka's threads. Ended with the value.
final class KafkaHandle {
  let raw: OpaquePointer
  let callbacks: KafkaCallbacks

  /// - Parameter properties: of the client itself; win over those of `settings`.
  init(
    _ type: rd_kafka_type_t, _ settings: KafkaSettings, _ properties: [KafkaProperty], _ callbacks: KafkaCallbacks
  ) throws(KafkaError) {
    self.callbacks = callbacks
    let configuration = rd_kafka_conf_new()!
    let own = [
      KafkaProperty("bootstrap.servers", settings.servers), KafkaProperty("client.id", settings.clientID),
      // A broker that closes what was idle is nothing to report.
      KafkaProperty("log.connection.close", "false"), KafkaProperty("socket.keepalive.enable", "true"),
      KafkaProperty("reconnect.backoff.max.ms", "2000"),
    ]
    for property in own + settings.properties + properties {
      do throws(KafkaError) { try Self.set(configuration, property) } catch {
        rd_kafka_conf_destroy(configuration)
        throw error
      }
    }
    rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(callbacks).toOpaque())
    callbacks.register(configuration, type)
    var reason = [CChar](repeating: 0, count: 512)
    guard let handle = rd_kafka_new(type, configuration, &reason, reason.count) else {
      rd_kafka_conf_destroy(configuration)
      throw KafkaError("start a Kafka client", rd_kafka_last_error(), KafkaText.text(reason))
    }
    raw = handle
  }

  /// Leaves no group (see `KafkaConsumer.close`). A thread of its own waits for the end of librdkafka's: that of a handle
  /// whose topic was deleted meanwhile never comes (librdkafka 2.0.2), and nobody should wait for it.
  deinit {
    let remains = Remains(handle: raw, callbacks: callbacks)
    let thread = OwnedThread("kafka end") {
      rd_kafka_destroy_flags(remains.handle, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
      // Called back until here.
      withExtendedLifetime(remains.callbacks) {}
    }
    thread.detach()
  }

  /// `@unchecked Sendable`: nobody else has the handle any more.
  private struct Remains: @unchecked Sendable {
    let handle: OpaquePointer
    let callbacks: KafkaCallbacks
  }

  /// Whether a broker answers within `timeout`: asks for what is known already.
  func isReachable(_ timeout: Duration) -> Bool {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    guard rd_kafka_metadata(raw, 0, nil, &metadata, KafkaText.milliseconds(timeout)) == RD_KAFKA_RESP_ERR_NO_ERROR
    else {
      return false
    }
    rd_kafka_metadata_destroy(metadata)
    return true
  }

  private static func set(_ configuration: OpaquePointer, _ property: KafkaProperty) throws(KafkaError) {
    var reason = [CChar](repeating: 0, count: 512)
    guard rd_kafka_conf_set(configuration, property.name, property.value, &reason, reason.count) == RD_KAFKA_CONF_OK
    else {
      throw KafkaError("set \(property.name)", RD_KAFKA_RESP_ERR__INVALID_ARG, "librdkafka refuses it or its value")
    }
  }
}
