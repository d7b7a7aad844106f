import Runtime

/// What all of InfluxDB's answers carry.
enum InfluxHeaders {
  /// Clients choose their dialect by it: the last of InfluxDB 1, which every agent speaks.
  static let compatibleVersion = "1.8.10"

  /// `request`: the command's id where there is one, so that an answer without a body names it too.
  static func make(request: UUIDv7 = UUIDv7()) -> [(String, String)] {
    [
      ("X-Influxdb-Version", compatibleVersion), ("X-Influxdb-Build", "OSS"), ("Request-Id", request.description),
    ]
  }
}
