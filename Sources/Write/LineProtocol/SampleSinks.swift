import Commands
import Events

/// Columns being written, one set per shard, through pointers: appending to arrays costs several times more. The memory
/// is kept from body to body up to `keptLimit`.
struct SampleSinks: ~Copyable {
  private struct Sink {
    var series: UnsafeMutablePointer<Int64>
    var times: UnsafeMutablePointer<Int64>
    var values: UnsafeMutablePointer<Double>
    var count: Int
    var capacity: Int

    init(capacity: Int) {
      series = .allocate(capacity: capacity)
      times = .allocate(capacity: capacity)
      values = .allocate(capacity: capacity)
      count = 0
      self.capacity = capacity
    }

    func deallocate() {
      series.deallocate()
      times.deallocate()
      values.deallocate()
    }
  }

  /// Samples per shard: 192 KiB of columns.
  private static let keptLimit = 8_192
  private static let firstCapacity = 1_024

  let shards: Int
  private let sinks: UnsafeMutablePointer<Sink>

  init(shards: Int) {
    self.shards = shards
    sinks = .allocate(capacity: shards)
    for shard in 0..<shards { (sinks + shard).initialize(to: Sink(capacity: Self.firstCapacity)) }
  }

  deinit {
    for shard in 0..<shards { sinks[shard].deallocate() }
    sinks.deallocate()
  }

  /// `shard` must be in `0..<shards`.
  @inline(__always)
  mutating func append(shard: Int, series: Int64, time: Int64, value: Double) {
    let sink = sinks + shard
    let count = sink.pointee.count
    if count == sink.pointee.capacity { grow(shard) }
    sink.pointee.series[count] = series
    sink.pointee.times[count] = time
    sink.pointee.values[count] = value
    sink.pointee.count = count &+ 1
  }

  /// Hands over what was written and is empty again.
  mutating func drain(into batch: inout SampleBatch) {
    for shard in 0..<shards {
      let sink = sinks[shard]
      if sink.count > 0 {
        batch.shards[shard] = SampleColumns(
          series: Array(UnsafeBufferPointer(start: sink.series, count: sink.count)),
          times: Array(UnsafeBufferPointer(start: sink.times, count: sink.count)),
          values: Array(UnsafeBufferPointer(start: sink.values, count: sink.count)))
      }
      release(shard)
    }
  }

  mutating func removeAll() {
    for shard in 0..<shards { release(shard) }
  }

  private func release(_ shard: Int) {
    if sinks[shard].capacity > Self.keptLimit {
      sinks[shard].deallocate()
      sinks[shard] = Sink(capacity: Self.firstCapacity)
    } else {
      sinks[shard].count = 0
    }
  }

  @inline(never)
  private func grow(_ shard: Int) {
    let old = sinks[shard]
    var larger = Sink(capacity: old.capacity * 2)
    larger.series.update(from: old.series, count: old.count)
    larger.times.update(from: old.times, count: old.count)
    larger.values.update(from: old.values, count: old.count)
    larger.count = old.count
    old.deallocate()
    sinks[shard] = larger
  }
}
