import PostgresCluster

/// Shows how far a copy of the cluster is, a line per step, and asks whether to go on.
final class CopyProgressLine {
  private let copying: String
  private let isCancelled: () -> Bool
  private var line: ProgressLine?
  private var step: ClusterCopyProgress.Step?
  /// Of the copy; 0 before it is known.
  private(set) var bytes = 0

  /// - Parameter copying: what the first step is called; the second is `checking`.
  init(copying: String, isCancelled: @escaping () -> Bool) {
    self.copying = copying
    self.isCancelled = isCancelled
  }

  /// False when it is to end.
  func show(_ progress: ClusterCopyProgress) -> Bool {
    if let total = progress.total {
      if step != progress.step || line == nil {
        end()
        line = ProgressLine(progress.step == .copying ? copying : "checking", total: total, unit: "B")
        step = progress.step
      }
      line?.show(min(progress.bytes, total))
      bytes = total
    }
    return !isCancelled()
  }

  func end() {
    line?.end()
    line = nil
  }
}
