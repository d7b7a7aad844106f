import Runtime
import Testing

@Suite struct MetricsRegistryTests {
  @Test func expositionIsPrometheusText() {
    let metrics = MetricsRegistry()
    let requests = metrics.counter("requests_total", "Requests.", ["code": "200"])
    metrics.gauge("queue_depth", "Depth.") { 2.5 }
    let failed = metrics.counter("requests_total", "Requests.", ["code": "5\"\\\n"])
    let histogram = metrics.histogram("took_seconds", "Time.", ["route": "a"], bounds: [0.1, 1])
    requests.add()
    requests.add(41)
    failed.add()
    for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
    #expect(
      metrics.exposition() == """
        # HELP requests_total Requests.
        # TYPE requests_total counter
        requests_total{code="200"} 42
        requests_total{code="5\\"\\\\\\n"} 1
        # HELP queue_depth Depth.
        # TYPE queue_depth gauge
        queue_depth 2.5
        # HELP took_seconds Time.
        # TYPE took_seconds histogram
        took_seconds_bucket{route="a",le="0.1"} 2
        took_seconds_bucket{route="a",le="1"} 3
        took_seconds_bucket{route="a",le="+Inf"} 4
        took_seconds_sum{route="a"} 7.65
        took_seconds_count{route="a"} 4

        """)
  }

  @Test func numbersHaveTheirPrometheusNames() {
    let metrics = MetricsRegistry()
    metrics.gauge("a", "A.", ["n": "1"]) { .nan }
    metrics.gauge("a", "A.", ["n": "2"]) { .infinity }
    metrics.gauge("a", "A.", ["n": "3"]) { -.infinity }
    metrics.gauge("a", "A.", ["n": "4"]) { 1e20 }
    let text = metrics.exposition()
    #expect(text.hasSuffix("a{n=\"1\"} NaN\na{n=\"2\"} +Inf\na{n=\"3\"} -Inf\na{n=\"4\"} 1e+20\n"))
  }

  @Test func aFamilyIsThereBeforeItsFirstSample() {
    let metrics = MetricsRegistry()
    metrics.declare(.counter, "refused_total", "Refused:\n by \\ reason.")
    let refused = LabelledInstruments<String, Counter> {
      metrics.counter("refused_total", "unused", ["reason": $0])
    }
    #expect(metrics.exposition() == "# HELP refused_total Refused:\\n by \\\\ reason.\n# TYPE refused_total counter\n")
    refused["late"].add(2)
    refused["late"].add()
    #expect(refused.all.count == 1)
    #expect(metrics.exposition().hasSuffix("# TYPE refused_total counter\nrefused_total{reason=\"late\"} 3\n"))
  }

  @Test func labelsMayBeToldAtTheScrape() {
    let metrics = MetricsRegistry()
    metrics.gauges("held", "Held.") {
      [MetricSample(["build": "b1", "shard": "0"], 1), MetricSample(["build": "b1", "shard": "1"], 2.5)]
    }
    metrics.counter("cpu_seconds_total", "Time.") { 0.25 }
    #expect(
      metrics.exposition() == """
        # HELP held Held.
        # TYPE held gauge
        held{build="b1",shard="0"} 1
        held{build="b1",shard="1"} 2.5
        # HELP cpu_seconds_total Time.
        # TYPE cpu_seconds_total counter
        cpu_seconds_total 0.25

        """)
  }

  @Test func countersCountFromManyThreads() {
    let counter = Counter()
    let histogram = Histogram(bounds: [1])
    let threads = (0..<4).map { _ in
      OwnedThread("counting") {
        for _ in 0..<10_000 {
          counter.add()
          histogram.observe(0.5)
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(counter.value == 40_000)
    #expect(histogram.snapshot().counts == [40_000, 0])
  }
}
