import EventFeed
import Events
import Queries

/// `{"store", "position", "lagProblem", "storage": {"events", "readModels"}, "relay": [{"topic", "position", "lag": {"events",
/// "seconds"}, "shards": [{"shard", "position", "lag": {"events", "seconds"}, "problem"}]}], "projections": [{"name",
/// "builds": [{"id", "version", "schema", "active", "store", "updatedAt", "lag": {"events", "seconds"}, "shards":
/// [{"shard", "position", "head", "events", "seconds", "problem"}]}]}]}`.
///
/// `position` is the token of what answers hold; null while there is no read model. `lag` is null where the event store
/// cannot be asked, and `lagProblem` says why; `relay` is null there, and where no relay has ever run. A shard has a
/// `problem` when it stands still. `storage` is in bytes on disk; null: cannot be asked.
struct StatusJSON {
  private var json = JSONWriter()
  private let now: Int64

  /// - Parameters:
  ///   - sizes: bytes on disk.
  ///   - now: nanoseconds since 1970.
  static func encode(
    _ report: StatusReport, position: String?, sizes: (events: Int64?, readModels: Int64?), now: Int64
  ) -> [UInt8] {
    var status = StatusJSON(now: now)
    status.write(report, position, sizes)
    return status.json.bytes
  }

  private init(now: Int64) {
    self.now = now
  }

  private mutating func write(
    _ report: StatusReport, _ position: String?, _ sizes: (events: Int64?, readModels: Int64?)
  ) {
    json.raw("{\"store\":")
    json.text(report.store?.description)
    json.raw(",\"position\":")
    json.text(position)
    json.raw(",\"lagProblem\":")
    json.text(report.lagProblem)
    json.raw(",\"storage\":{\"events\":")
    size(sizes.events)
    json.raw(",\"readModels\":")
    size(sizes.readModels)
    json.raw("},\"relay\":")
    write(report.relay)
    json.raw(",\"projections\":[")
    var index = 0
    while index < report.builds.count {
      let name = report.builds[index].build.projection
      let builds = report.builds[index...].prefix { $0.build.projection == name }
      json.raw(index == 0 ? "{\"name\":" : ",{\"name\":")
      json.string(name)
      json.raw(",\"builds\":[")
      for (place, build) in builds.enumerated() { write(build, isFirst: place == 0) }
      json.raw("]}")
      index += builds.count
    }
    json.raw("]}\n")
  }

  private mutating func write(_ relay: [StatusReport.TopicStatus]?) {
    guard let relay else { return json.raw("null") }
    json.raw("[")
    for (place, topic) in relay.enumerated() {
      json.raw(place == 0 ? "{\"topic\":" : ",{\"topic\":")
      json.string(topic.topic)
      json.raw(",\"position\":")
      json.integer(topic.shards.reduce(0) { $0 + $1.position })
      write(topic.lag)
      json.raw(",\"shards\":[")
      for (place, shard) in topic.shards.enumerated() {
        json.raw(place == 0 ? "{\"shard\":" : ",{\"shard\":")
        json.integer(Int64(shard.shard))
        json.raw(",\"position\":")
        json.integer(shard.position)
        write(topic.lag.filter { $0.shard == shard.shard })
        write(problem: shard.problem)
        json.raw("}")
      }
      json.raw("]}")
    }
    json.raw("]")
  }

  private mutating func write(_ status: StatusReport.BuildStatus, isFirst: Bool) {
    let build = status.build
    json.raw(isFirst ? "{\"id\":" : ",{\"id\":")
    json.integer(Int64(build.id))
    json.raw(",\"version\":")
    json.integer(Int64(build.version))
    json.raw(",\"schema\":")
    json.string(build.schema)
    json.raw(",\"active\":")
    json.raw(build.isActive ? "true" : "false")
    json.raw(",\"store\":")
    json.string(build.store.description)
    json.raw(",\"updatedAt\":")
    json.time(build.updatedAt, .milliseconds)
    write(status.lag)
    writeShards(status)
    json.raw("}")
  }

  private mutating func size(_ bytes: Int64?) {
    if let bytes { json.integer(bytes) } else { json.raw("null") }
  }

  private mutating func write(_ lag: [FeedLag]?) {
    json.raw(",\"lag\":")
    guard let lag else { return json.raw("null") }
    json.raw("{\"events\":")
    json.integer(lag.reduce(0) { $0 + $1.events })
    json.raw(",\"seconds\":")
    json.number(lag.map { $0.seconds(at: now) }.max() ?? 0)
    json.raw("}")
  }

  private mutating func writeShards(_ status: StatusReport.BuildStatus) {
    json.raw(",\"shards\":[")
    for (shard, position) in status.build.positions.enumerated() {
      json.raw(shard == 0 ? "{\"shard\":" : ",{\"shard\":")
      json.integer(Int64(shard))
      json.raw(",\"position\":")
      json.integer(position)
      if let lag = status.lag?.first(where: { $0.shard == shard }) {
        json.raw(",\"head\":")
        json.integer(lag.head)
        json.raw(",\"events\":")
        json.integer(lag.events)
        json.raw(",\"seconds\":")
        json.number(lag.seconds(at: now))
      }
      write(problem: status.build.problems[shard])
      json.raw("}")
    }
    json.raw("]")
  }

  private mutating func write(problem: String?) {
    guard let problem else { return }
    json.raw(",\"problem\":")
    json.string(problem)
  }
}
