-- The generation: which life of this store an event was written in. It changes when a backup was restored, because from
-- then on positions that were given out before may be given out again, for other events.

-- `append` as in 0003, and it refuses a writer that still believes in another generation. A writer that does not say what
-- it believes in is let through: it is of a version that does not know better.
--
-- Leans on READ COMMITTED once more: `restored` locks all heads before it changes the generation, and the generation is
-- read here by a statement of its own, behind the one that waits for the heads. So an append is either committed before
-- the generation changes, or sees the new one.
DROP FUNCTION daybook_events.append(
  integer[], bigint[], bytea[], bigint[], bytea[], bigint[], bigint, integer[], bigint[], smallint[], smallint[], uuid[],
  bigint[], bigint[], integer[], bytea[], bytea[], bytea[]);

CREATE FUNCTION daybook_events.append(
  head_shards integer[], known_positions bigint[], known_hashes bytea[],
  new_positions bigint[], new_hashes bytea[], new_series bigint[], at bigint,
  shards integer[], positions bigint[], types smallint[], schema_versions smallint[], command_ids uuid[],
  time_mins bigint[], time_maxs bigint[], sample_counts integer[], metadatas bytea[], payloads bytea[], hashes bytea[],
  known_generation integer DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql
SECURITY INVOKER
AS $$
DECLARE
  matching bigint;
  present integer;
BEGIN
  SELECT count(*) INTO matching
  FROM (
    SELECT h.shard, h.position, h.hash, h.series, h.recorded_at FROM daybook_events.shards h
    WHERE h.shard = ANY (head_shards) ORDER BY h.shard FOR UPDATE
  ) head
  JOIN unnest(head_shards, known_positions, known_hashes, new_series) known (shard, position, hash, series)
    ON known.shard = head.shard AND known.position = head.position AND known.hash = head.hash
    AND known.series >= head.series AND at >= head.recorded_at;

  SELECT s.generation INTO present FROM daybook_events.store s;
  IF known_generation <> present THEN
    RAISE EXCEPTION 'the store was restored: expected generation %, actual %', known_generation, present
      USING ERRCODE = 'DB002';
  END IF;
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
GRANT EXECUTE ON FUNCTION daybook_events.append TO daybook_writer;

-- Says that this store was restored: returns its new generation. For the owner only.
--
-- A new generation is the seconds since 2026-01-01 UTC, not the old one and one: of a backup that is restored twice two
-- stores come, which must not share a generation, or each would believe in the other's tokens. (As an integer it lasts
-- until 2094, from where on it counts up.)
CREATE FUNCTION daybook_events.restored() RETURNS integer
LANGUAGE plpgsql
SECURITY INVOKER
SET search_path = daybook_events, pg_catalog, pg_temp
AS $$
DECLARE
  present integer;
BEGIN
  PERFORM 1 FROM shards ORDER BY shard FOR UPDATE;
  UPDATE store SET generation = greatest(
    generation + 1,
    least(extract(epoch FROM clock_timestamp() - timestamptz '2026-01-01 00:00:00+00')::bigint, 2147483647)::integer)
  RETURNING generation INTO STRICT present;
  RETURN present;
END
$$;

REVOKE ALL ON FUNCTION daybook_events.restored FROM PUBLIC;
