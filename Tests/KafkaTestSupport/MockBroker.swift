import CKafka

/// The cluster that librdkafka plays inside this process: enough of the protocol for producers, groups and offsets, not a
/// real broker. Topics have to be made here. Ended with the value.
package final class MockBroker {
  private let handle: OpaquePointer
  private let cluster: OpaquePointer

  package init() throws {
    let configuration = rd_kafka_conf_new()
    guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
      throw BrokerError("librdkafka does not start")
    }
    guard let cluster = rd_kafka_mock_cluster_new(handle, 1) else {
      rd_kafka_destroy(handle)
      throw BrokerError("librdkafka plays no cluster")
    }
    self.handle = handle
    self.cluster = cluster
  }

  deinit {
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(handle)
  }

  package var servers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  package func makeTopic(_ name: String, partitions: Int) {
    rd_kafka_mock_topic_create(cluster, name, Int32(partitions), 1)
  }
}
