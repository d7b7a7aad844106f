/// Why a body is refused; nothing of it is stored. Final (reject); the texts are meant for the client.
package enum SamplesBodyError: Error, Sendable {
  /// Not JSON, or cut short. `index`: the sample that could not be read, where the body has one per line.
  case notJSON(detail: String, index: Int?)
  /// JSON, but no sample in it.
  case noSamples
  /// The first `SamplesParser.faultsLimit` bad samples, by index from 0, and how many there are.
  case badSamples([(index: Int, fault: SampleFault)], total: Int)
  case tooManyNewSeries
}
