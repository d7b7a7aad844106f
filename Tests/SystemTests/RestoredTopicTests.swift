import Postgres
import Runtime
import TestSupport
import Testing

/// `daybook migrate --restored` tells what becomes of the topics that the relay has sent to.
struct RestoredTopicTests {
  @Test func topicsThatTheLogBearsOutGoOnAndOthersAreNamedWithWhatToDo() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    for shard in [1, 4, 6] { try log.recordMany(shard: shard, count: 3) }
    try log.execute(
      """
      INSERT INTO daybook_events.relay_cursors (topic, shard, generation, position, epoch, updated_at, hash)
      SELECT topic, shard, 1, position, 1, 0, CASE WHEN topic = 'cut' AND shard > 1 THEN sha256(hash) ELSE hash END
      FROM daybook_events.shards, (VALUES ('cut'), ('whole')) AS t (topic) WHERE position > 0
      """)
    let run = try CommandRun(
      [
        try RunningDaybook.executablePath(), "migrate", "--restored", "--database", database.address().redacted,
      ], environment: [:])
    #expect(run.wait() == 0, "\(run.output)")
    #expect(run.output.contains("\ntopic whole goes on where the restored store says it stood: "), "\(run.output)")
    let cut = run.output.split(separator: "\n").first { $0.hasPrefix("topic cut ") }
    #expect(cut?.hasPrefix("topic cut stands still in shards 4, 6, ") == true, "\(run.output)")
    #expect(cut?.hasSuffix(": delete it, and run daybook relay --republish") == true)
    let adopted = try database.connect().query(
      sql: """
        SELECT string_agg(topic || shard, ' ' ORDER BY topic, shard) FROM daybook_events.relay_cursors AS c
        JOIN daybook_events.store AS s ON s.generation = c.generation
        """)
    #expect(try adopted.text(0, 0) == "cut1 whole1 whole4 whole6")
  }
}
