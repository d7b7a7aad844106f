-- What a projector knows of a shard beside its position: for a quick start from Kafka, and for people. Written under the
-- shard's epoch, as the rest of the row is.
ALTER TABLE daybook_read.progress
  -- Where Kafka had the event at `position`, or one before it; null: not known.
  ADD COLUMN kafka_offset bigint CHECK (kafka_offset >= 0),
  -- Why the shard stands still, with what to do about it; null: nothing is known to be wrong.
  ADD COLUMN problem text;
COMMENT ON COLUMN daybook_read.progress.kafka_offset IS
  'Where Kafka had the event at this position, or one before it: a hint. Null: not known.';
COMMENT ON COLUMN daybook_read.progress.problem IS
  'Why the shard stands still, and what to do about it. Null: nothing is known to be wrong.';
