/// The size of a load of batches.
package struct BenchLoad: Sendable {
  package var measurement = "cpu"
  package var hosts: Int
  /// Each with a line of this many samples a step.
  package var fields: Int
  package var steps: Int
  package var firstStep = 0
  package var linesPerRequest: Int
  package var connections: Int

  package init(hosts: Int, fields: Int = 10, steps: Int, linesPerRequest: Int, connections: Int) {
    self.hosts = hosts
    self.fields = fields
    self.steps = steps
    self.linesPerRequest = linesPerRequest
    self.connections = connections
  }

  /// From its first line on.
  var workload: HostWorkload {
    HostWorkload(measurement: measurement, hosts: hosts, fields: fields, firstStep: firstStep)
  }

  package var lines: Int { hosts * steps }
  package var samples: Int { lines * fields }
  package var series: Int { hosts * fields }
  package var samplesPerRequest: Int { linesPerRequest * fields }
}
