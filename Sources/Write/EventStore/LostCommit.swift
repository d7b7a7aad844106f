/// A transaction whose COMMIT was sent and not answered: it is committed or not, and perhaps its server process is still
/// at work on it. docs/decisions/0002 says how this is resolved and why so.
struct LostCommit {
  /// An event of it. Nil when it had none: then it had only keys, and claiming these again tells, or notes of rejected
  /// samples, which may stand twice.
  let evidence: CommitEvidence?
  let backend: BackendIdentity?
  /// What holds if it was committed.
  let committed: CommittedGroup
}
