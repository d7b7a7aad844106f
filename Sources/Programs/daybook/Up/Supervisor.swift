import Glibc
import PostgresCluster
import Runtime

/// Keeps the children of `daybook up` and its private Postgres running until a signal comes, then stops them: first what
/// takes samples, then what projects, then what answers, Postgres last.
struct Supervisor {
  /// How long a child may take to stop before it is killed. Longer than a service's own limit for running requests.
  private static let stopLimit = Duration.seconds(15)
  private static let interval = Duration.milliseconds(50)
  /// How often the size of Postgres' log is looked at.
  private static let logInterval = Duration.seconds(60)

  private struct Slot {
    let program: String
    var child: ChildProcess?
    var startedAt: UInt64 = 0
    var backoff = RestartBackoff()
    var startAt: UInt64 = 0
  }

  private var slots: [Slot]
  private let environment: [String: String]
  private let cluster: PostgresCluster?
  private var clusterBackoff = RestartBackoff()
  private var clusterStartedAt = MonotonicClock.now
  private var clusterStartAt: UInt64?
  private var logDueAt: UInt64 = 0
  private var readiness: ReadinessNotice
  /// Who started us, if it asked to be told; and whether it was.
  private let manager = ServiceManager()
  private var isManagerTold = false
  private let termination: TerminationSignal
  private let logger: Logger

  init(
    programs: [String], environment: [String: String], cluster: PostgresCluster?, readiness: ReadinessNotice,
    termination: TerminationSignal, logger: Logger
  ) {
    self.readiness = readiness
    slots = programs.map { Slot(program: $0) }
    self.environment = environment
    self.cluster = cluster
    self.termination = termination
    self.logger = logger
  }

  mutating func run() throws {
    while true {
      superviseCluster()
      for index in slots.indices { try supervise(index) }
      readiness.check(logger)
      if readiness.isDone, !isManagerTold {
        isManagerTold = true
        manager?.ready("taking and answering requests")
      }
      if let signal = termination.wait(timeout: Self.interval) {
        logger.info("stopping", ["signal": signal])
        manager?.stopping()
        break
      }
    }
    for index in slots.indices { stop(slots[index]) }
    cluster?.stop()
    logger.info("stopped")
  }

  private mutating func supervise(_ index: Int) throws {
    var slot = slots[index]
    defer { slots[index] = slot }
    if let child = slot.child {
      guard let end = child.end else { return }
      let wait = slot.backoff.wait(afterLivingFor: .nanoseconds(Int64(MonotonicClock.now - slot.startedAt)))
      logger.warning(
        "a child ended and is started again",
        ["child": slot.program, "ended": "\(end)", "wait": LogText.seconds(wait)])
      slot.child = nil
      slot.startAt = MonotonicClock.deadline(after: wait)
    }
    if MonotonicClock.now >= slot.startAt {
      let child = try ChildProcess(.thisProgram([slot.program], environment: environment))
      logger.info("started", ["child": slot.program, "pid": "\(child.processID ?? 0)"])
      slot.child = child
      slot.startedAt = MonotonicClock.now
    }
  }

  private mutating func superviseCluster() {
    guard let cluster else { return }
    if MonotonicClock.now >= logDueAt {
      cluster.maintainLog()
      logDueAt = MonotonicClock.deadline(after: Self.logInterval)
    }
    if clusterStartAt == nil, let end = cluster.exitStatus {
      let wait = clusterBackoff.wait(afterLivingFor: .nanoseconds(Int64(MonotonicClock.now - clusterStartedAt)))
      logger.warning("Postgres ended and is started again", ["ended": end, "wait": LogText.seconds(wait)])
      clusterStartAt = MonotonicClock.deadline(after: wait)
    }
    guard let startAt = clusterStartAt, MonotonicClock.now >= startAt else { return }
    do {
      try cluster.start()
      clusterStartAt = nil
      clusterStartedAt = MonotonicClock.now
    } catch {
      let wait = clusterBackoff.wait(afterLivingFor: .zero)
      logger.error("Postgres does not start", ["reason": "\(error)", "wait": LogText.seconds(wait)])
      clusterStartAt = MonotonicClock.deadline(after: wait)
    }
  }

  private func stop(_ slot: Slot) {
    guard let child = slot.child else { return }
    child.signal(SIGTERM)
    if child.waitForEnd(Self.stopLimit) != nil { return }
    logger.error("a child did not stop and is killed", ["child": slot.program, "pid": "\(child.processID ?? 0)"])
    child.signal(SIGKILL)
    _ = child.waitForEnd(Self.stopLimit)
  }
}
