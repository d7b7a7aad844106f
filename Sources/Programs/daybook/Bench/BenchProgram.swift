import Benchmark
import Runtime

enum BenchProgram: Subcommand {
  static let name = "bench"
  static let summary = "Measure this machine: ingest, project, query, append, relay, freshness or series."
  static let arguments = [
    ProgramArgument(
      "SCENARIO", choices: ["ingest", "project", "query", "append", "relay", "freshness", "series"], "What to measure.")
  ]
  static let discussion = """
      Starts a private Daybook in a temporary folder, sends it a load of its own making (hosts that report ten cpu fields
      every ten seconds, line protocol, nine tags, two decimals, fixed seed), measures, and removes it all again.

        ingest     batches over HTTP until the last is acknowledged, and until all of it is queryable;
                   with --singles one sample a request
        project    a backlog in the event store until all of it is queryable
        query      timeline answers over HTTP, one after the other; with --rate once more while samples arrive
        append     the bare event store: clients in this process that each wait for their event of one sample
        relay      a backlog in the event store until Kafka's brokers have acknowledged all of it; with --singles
                   events of one sample each
        freshness  from the answer of a POST to a timeline answer that has it, on a quiet system; with --rate under load
        series     new series with one sample each until all are queryable

      With --url 'ingest' and 'query' measure a server that runs already, of any make. With --kafka 'freshness' and
      'project' take the way over Kafka, as 'relay' always does; the topic is the benchmark's own, and deleted afterwards.

      Memory is proportional set size, summed over every process. Bytes stored and written to the WAL are what the load
      added, once all of it was folded. The loader runs on the same machine. With --rate latencies count from when a
      request was due, so that a stall counts for all that would have come meanwhile.
    """
  static let options = [
    ProgramOption("--hosts", "N", default: "1000", "Hosts; each a line a step."),
    ProgramOption("--fields", "N", default: "10", "Fields of a line, each a series of its own."),
    ProgramOption("--steps", "N", default: "500", "Steps of ten seconds."),
    ProgramOption("--first-step", "N", default: "0", "Where the steps begin, to go on after an earlier load."),
    ProgramOption("--measurement", "NAME", default: "cpu", "ingest, project: what the lines measure."),
    ProgramOption("--lines", "N", default: "1000", "Lines a request."),
    ProgramOption("--connections", "N", default: "4", "Connections; 32 with --singles unless given."),
    ProgramOption("--singles", nil, "ingest: one sample a request. relay: one sample an event."),
    ProgramOption(
      "--requests", "N", default: "100000", "ingest --singles: how many requests. relay --singles: events."),
    ProgramOption(
      "--rate", "N",
      "ingest, query, freshness: samples a second, whatever the answers do. Left out: as fast as "
        + "answers come; query and freshness on a quiet system."),
    ProgramOption(
      "--seconds", "N",
      "ingest: for so long instead of --steps. query: at most so long a question. append (5 unless "
        + "given) and freshness --rate (30): for so long."),
    ProgramOption("--command-services", "N", default: "1", "ingest: command services on the one store."),
    ProgramOption("--clients", "N", default: "32", "append: clients that wait."),
    ProgramOption("--series", "N", "series: how many, 1000000 unless given. freshness --rate: among so many, 10000."),
    ProgramOption("--hot", "N", "freshness --rate: so many samples a second of one series, beside the others."),
    ProgramOption(
      "--history", "SPAN", choices: ["year"], "query: ask for a year of one series, too; that is 3 million samples."),
    ProgramOption("--rounds", "N", default: "200", "query, freshness: how many of each."),
    ProgramOption(
      "--url", "URL", repeats: true,
      "ingest: where a server that runs already takes line protocol, path and query included. When it answers with "
        + "positions, the query service is asked when all is there: see --query-listen. query: ask these URLs in turn."),
    ProgramOption(
      "--pid", "PID", repeats: true, "ingest --url: a process of that server, to watch it and what is below it."),
    ProgramOption(
      "--store", "HOME", "ingest --url: the home of the 'daybook up' behind it, to tell WAL and stored bytes."),
    SharedOptions.queryListen, KafkaOptions.kafka, KafkaOptions.config,
    ProgramOption("--json", nil, "One JSON object a line instead of a table."),
  ]
  static let examples = [
    ("daybook bench ingest", "Five million samples in batches."),
    ("daybook bench query --history year --rate 100000", "Questions, quiet and while samples arrive."),
    ("daybook bench freshness --rate 100000 --seconds 600", "Ten minutes of load: freshness, memory, bytes a sample."),
    (
      "daybook bench relay --kafka 127.0.0.1:9092 --singles --requests 500000",
      "How fast the relay is with small events."
    ),
    ("daybook bench ingest --url 'http://127.0.0.1:8086/write?db=x' --pid 4711", "The same load for another server."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let settings = try BenchSettings(options)
    BenchInterrupt.start(exitCode: ExitCode.failure) { StandardError.write($0 + "\n") }
    let report = try settings.run()
    print(settings.isJSON ? report.json : report.table)
    return ExitCode.success
  }
}
