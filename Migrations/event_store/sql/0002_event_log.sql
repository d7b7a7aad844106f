-- The event log: one identity, a fixed number of shards, and per shard a list of events without gaps.
-- {{shards}} is the number of shards that the person who migrates chose. It stands in the row of `store` from then on;
-- later migrations read it there.
SET LOCAL search_path = daybook_events;

CREATE TABLE store (
  id uuid NOT NULL,
  generation integer NOT NULL CHECK (generation >= 1),
  shards integer NOT NULL CHECK (shards BETWEEN 1 AND 4096),
  created_at bigint NOT NULL,
  only_row boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_row)
);
COMMENT ON TABLE store IS 'Who this store is. The number of shards never changes; generation rises with every restore.';
COMMENT ON COLUMN store.created_at IS 'Nanoseconds since 1970, as all times here.';

-- The heads. An append locks those of its shards, in order of shard, and holds them until its commit: that alone makes
-- positions contiguous and equal to the order of commits.
-- Each row is rewritten by every commit that touches its shard: a fillfactor of 10 leaves room on its page, so that the
-- new version needs no index entry and the old ones are pruned without vacuum.
CREATE TABLE shards (
  shard integer PRIMARY KEY,
  position bigint NOT NULL CHECK (position >= 0),
  recorded_at bigint NOT NULL,
  series bigint NOT NULL CHECK (series >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 10);
COMMENT ON COLUMN shards.position IS 'Of the last event; 0: none yet.';
COMMENT ON COLUMN shards.hash IS 'Of the last event; 32 zero bytes: none yet.';
COMMENT ON COLUMN shards.recorded_at IS 'Of the last event. The next is never earlier.';
COMMENT ON COLUMN shards.series IS 'Number of series in this shard. The next one has id series * shards + shard.';

-- Wide columns first, so that no byte is lost to alignment.
CREATE TABLE events (
  position bigint NOT NULL,
  recorded_at bigint NOT NULL,
  time_min bigint NOT NULL,
  time_max bigint NOT NULL,
  command_id uuid NOT NULL,
  shard integer NOT NULL,
  sample_count integer NOT NULL,
  type smallint NOT NULL,
  schema_version smallint NOT NULL,
  metadata bytea NOT NULL,
  payload bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (shard, position)
) PARTITION BY LIST (shard);
COMMENT ON TABLE events IS 'Append-only. Nothing but INSERT and SELECT is ever granted on it.';
COMMENT ON COLUMN events.hash IS 'SHA-256 over the hash before it and every other column: see docs/event-format.md.';

-- Payloads are packed already: Postgres'' own compression would only cost time (measured: half the rate).
ALTER TABLE events ALTER COLUMN payload SET STORAGE EXTERNAL;

DO $$
BEGIN
  INSERT INTO store (id, generation, shards, created_at)
  VALUES (gen_random_uuid(), 1, {{shards}}, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000);
  FOR shard IN 0 .. {{shards}} - 1 LOOP
    INSERT INTO shards (shard, position, recorded_at, series, hash)
    VALUES (shard, 0, 0, 0, decode(repeat('00', 32), 'hex'));
    EXECUTE format('CREATE TABLE events_%s PARTITION OF events FOR VALUES IN (%s)', shard, shard);
  END LOOP;
END
$$;

-- recorded_at rises with the position, so a block range index finds a moment: for the samples of one command, whose
-- UUIDv7 says when it came.
CREATE INDEX events_recorded_at ON events USING brin (recorded_at) WITH (autosummarize = on);

CREATE TABLE series (
  id bigint PRIMARY KEY CHECK (id >= 0),
  fingerprint bytea NOT NULL UNIQUE CHECK (octet_length(fingerprint) = 16),
  name text NOT NULL,
  labels jsonb NOT NULL
);
COMMENT ON TABLE series IS 'The registry. A row is written by the append that first uses the series, under its shard''s lock.';
COMMENT ON COLUMN series.fingerprint IS 'XXH3-128 of the canonical name and labels, big-endian.';

-- The requests that came with an Idempotency-Key, kept for 24 hours.
CREATE TABLE keys (
  actor text NOT NULL,
  key text NOT NULL,
  created_at bigint NOT NULL,
  command_id uuid NOT NULL,
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  answer bytea,
  PRIMARY KEY (actor, key)
);
CREATE INDEX keys_created_at ON keys (created_at);
COMMENT ON COLUMN keys.answer IS 'The whole HTTP answer. Null only inside the transaction that claims the key.';

-- What a protocol made us leave out of an accepted batch.
CREATE TABLE rejected (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time bigint NOT NULL,
  command_id uuid NOT NULL,
  actor text NOT NULL,
  protocol text NOT NULL,
  line integer,
  reason text NOT NULL,
  detail text NOT NULL
);
COMMENT ON COLUMN rejected.line IS 'Place in the body, as the protocol counts; null: unknown.';
