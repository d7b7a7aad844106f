/// One sample a request: 1,000 series in turn, ten seconds between the samples of one.
package enum SingleSamples {
  package static let series = 1_000

  /// Line `number` of line protocol.
  package static func line(_ number: Int) -> [UInt8] {
    let time = HostWorkload.start + Int64(number / series) * HostWorkload.step
    return Array("load,host=host_\(number % series) value=\(number % 100).\(number % 10)5 \(time)\n".utf8)
  }
}
