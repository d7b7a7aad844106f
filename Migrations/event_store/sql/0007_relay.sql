-- Up to where the events of a shard are on a Kafka topic: written by the relay after the brokers have acknowledged them.
-- `epoch` says which relay may write: it rises whenever one takes the shard, or somebody sets the cursor back.
-- The few rows are rewritten with every batch: see `shards`.
CREATE TABLE daybook_events.relay_cursors (
  topic text NOT NULL,
  shard integer NOT NULL CHECK (shard >= 0),
  generation integer NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  epoch bigint NOT NULL CHECK (epoch >= 0),
  updated_at bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  problem text,
  PRIMARY KEY (topic, shard)
) WITH (
  fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0,
  autovacuum_analyze_threshold = 1000000
);
COMMENT ON COLUMN daybook_events.relay_cursors.generation IS 'The life of the store in which position and hash hold.';
COMMENT ON COLUMN daybook_events.relay_cursors.position IS 'Of the last event that is on the topic for certain; 0: none yet.';
COMMENT ON COLUMN daybook_events.relay_cursors.hash IS 'Of that event; 32 zero bytes: none yet.';
COMMENT ON COLUMN daybook_events.relay_cursors.problem IS 'Why the relay does not go on with this shard; null: it does.';

GRANT SELECT, INSERT, UPDATE ON daybook_events.relay_cursors TO daybook_relay;
GRANT SELECT ON daybook_events.relay_cursors TO daybook_feed;
