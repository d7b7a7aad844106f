-- Appends events to the log if its heads are where the caller thinks they are. One row per shard touched in the first
-- six arrays, ascending by shard, and one per event in the others, per shard in order of position.
--
-- Everything the append needs is in one message that the server has whole before the first lock is taken: a client that
-- is frozen while it sends holds nothing up. (Between two messages of a pipeline none of Postgres' time-outs runs.)
--
-- Leans on READ COMMITTED: the SELECT … FOR UPDATE waits for whoever holds a head and then returns the newest version of
-- the row, not the one of its snapshot, so comparing after it is comparing with what is committed. It locks in order of
-- shard because LockRows stands above Sort in its plan; an UPDATE alone would lock in order of its scan, and two such
-- appends could deadlock.
CREATE FUNCTION daybook_events.append(
  head_shards integer[], known_positions bigint[], known_hashes bytea[],
  new_positions bigint[], new_hashes bytea[], new_series bigint[], at bigint,
  shards integer[], positions bigint[], types smallint[], schema_versions smallint[], command_ids uuid[],
  time_mins bigint[], time_maxs bigint[], sample_counts integer[], metadatas bytea[], payloads bytea[], hashes bytea[]
) RETURNS void
LANGUAGE plpgsql
SECURITY INVOKER
AS $$
DECLARE
  matching bigint;
BEGIN
  SELECT count(*) INTO matching
  FROM (
    SELECT h.shard, h.position, h.hash, h.series, h.recorded_at FROM daybook_events.shards h
    WHERE h.shard = ANY (head_shards) ORDER BY h.shard FOR UPDATE
  ) head
  JOIN unnest(head_shards, known_positions, known_hashes, new_series) known (shard, position, hash, series)
    ON known.shard = head.shard AND known.position = head.position AND known.hash = head.hash
    AND known.series >= head.series AND at >= head.recorded_at;
  IF matching <> cardinality(head_shards) THEN
    RAISE EXCEPTION 'the heads have moved' USING ERRCODE = 'DB001';
  END IF;

  INSERT INTO daybook_events.events (
    shard, position, type, schema_version, recorded_at, command_id, time_min, time_max, sample_count, metadata,
    payload, hash)
  SELECT e.shard, e.position, e.type, e.schema_version, at, e.command_id, e.time_min, e.time_max, e.sample_count,
    e.metadata, e.payload, e.hash
  FROM unnest(
    shards, positions, types, schema_versions, command_ids, time_mins, time_maxs, sample_counts, metadatas, payloads,
    hashes
  ) e (
    shard, position, type, schema_version, command_id, time_min, time_max, sample_count, metadata, payload, hash);

  UPDATE daybook_events.shards h
  SET position = n.position, hash = n.hash, series = n.series, recorded_at = at
  FROM unnest(head_shards, new_positions, new_hashes, new_series) n (shard, position, hash, series)
  WHERE h.shard = n.shard;
END
$$;

REVOKE ALL ON FUNCTION daybook_events.append FROM PUBLIC;

-- Keeps the newest `kept` rows of `rejected`: the one way in which its rows go. The writer may run it, but has no right
-- to delete.
CREATE FUNCTION daybook_events.trim_rejected(kept bigint) RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = daybook_events, pg_catalog, pg_temp
AS $$
  WITH gone AS (
    DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - greatest(kept, 0) RETURNING 1
  )
  SELECT count(*) FROM gone;
$$;
REVOKE ALL ON FUNCTION daybook_events.trim_rejected FROM PUBLIC;
