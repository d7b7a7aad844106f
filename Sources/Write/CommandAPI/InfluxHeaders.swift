/// What InfluxDB's answers carry.
enum InfluxHeaders {
  /// Clients choose their dialect by it: the last of InfluxDB 1, which every agent speaks.
  static let compatibleVersion = "1.8.10"

  static let version: [(String, String)] = [
    ("X-Influxdb-Version", compatibleVersion), ("X-Influxdb-Build", "OSS"),
  ]
}
