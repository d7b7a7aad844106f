import EventFeed
import Probes
import Queries

/// What the stores' state means for those who watch the query service: pure.
enum QueryHealth {
  /// The lag from which on somebody should look. Answers are given all the same: they say what they hold.
  private static let lagWarning = 10.0
  /// The part of the queue from which on queries are refused soon.
  private static let warningShare = 0.8

  /// Whether queries are answered: the read store is there, with its read models.
  static func readModels(_ builds: Result<[Build], QueryError>) -> [HealthCheck] {
    let list: [Build]
    do {
      list = try builds.get()
    } catch {
      return [
        HealthCheck(
          "read-store:connection", .datastore, .fail, reason: Problem(error).detail,
          remedy:
            "see that the read store's Postgres runs and that 'daybook migrate' was run; it is tried at each request")
      ]
    }
    let connection = HealthCheck("read-store:connection", .datastore)
    do throws(QueryError) {
      _ = try ReadProgress(list)
      return [connection, HealthCheck("read-models:builds", .component)]
    } catch {
      return [
        connection,
        HealthCheck(
          "read-models:builds", .component, .fail, reason: Problem(error).detail,
          remedy: "start 'daybook projector' and see what its log and its /readyz say"),
      ]
    }
  }

  static func queue(_ queued: Int, of limit: Int) -> HealthCheck {
    let isFull = Double(queued) >= Double(limit) * warningShare
    return HealthCheck(
      "queue:queries", .component, isFull ? .warn : .pass,
      reason: isFull ? "\(queued) of \(limit) queries wait for a worker; beyond it they are answered with 503" : nil,
      remedy: isFull ? "see which queries take long: daybook_query_execution_duration_seconds" : nil
    ).observing(Double(queued), "queries")
  }

  /// How far what answers hold is behind the event store: never a reason not to answer.
  static func lag(_ report: StatusReport, now: Int64) -> [HealthCheck] {
    if let problem = report.lagProblem {
      return [
        HealthCheck(
          "event-store:reading", .datastore, .warn, reason: problem,
          remedy: "answers go on; only how old they are is not known")
      ]
    }
    let seconds = report.builds.filter(\.build.isActive).flatMap { $0.lag ?? [] }.map { $0.seconds(at: now) }.max() ?? 0
    let isBehind = seconds > lagWarning
    return [
      HealthCheck("event-store:reading", .datastore),
      HealthCheck(
        "lag:seconds", .component, isBehind ? .warn : .pass,
        reason: isBehind ? "the read models are \(Int(seconds)) s behind the event store" : nil,
        remedy: isBehind ? "see the projector: its log, its /readyz?verbose, /v1/status" : nil
      ).observing((seconds * 1000).rounded() / 1000, "s"),
    ]
  }
}
