import Benchmark
import Testing

struct MemoryPeakTests {
  @Test func theSumsHighestIsNotTheSumOfTheHighest() {
    var peak = MemoryPeak()
    peak.take(["a": 10, "b": 1])
    peak.take(["a": 2, "b": 8, "c": 0])
    #expect(peak.bytes == 11)
    #expect(peak.bytesByName == ["a": 10, "b": 8, "c": 0])
  }

  @Test func processesOfOneNameAreCountedTogether() {
    let processes = [("postgres", 1), ("daybook query", 2), ("postgres", 4)].map {
      ProcessUsage(name: $0.0, processID: 1, pssBytes: $0.1, cpuSeconds: 0)
    }
    #expect(MemoryPeak.byName(processes) == ["postgres": 5, "daybook query": 2])
  }
}
