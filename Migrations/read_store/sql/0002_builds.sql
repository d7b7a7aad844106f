CREATE SCHEMA IF NOT EXISTS daybook_read;

-- One set of tables that a version of a projection fills, in the schema that the row names.
CREATE TABLE daybook_read.builds (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  projection text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  schema text NOT NULL GENERATED ALWAYS AS (projection || '_b' || id::text) STORED UNIQUE,
  -- The one that queries read.
  active boolean NOT NULL,
  -- Whose events these are: a position means nothing in another store or generation.
  store_id uuid NOT NULL,
  generation integer NOT NULL,
  shards integer NOT NULL CHECK (shards > 0),
  created_at bigint NOT NULL
);

CREATE UNIQUE INDEX builds_active ON daybook_read.builds (projection) WHERE active;

-- Up to where a build has the events of a shard. Written in the transaction that writes the rows, so the two never
-- disagree; `epoch` says which projector may write (see Sources/Project/ReadStore/Fence.swift).
-- The few rows are rewritten at every flush: a low fillfactor keeps room for the new version on the same page, so that no
-- index entry is written, and a vacuum that comes early keeps the table at a few pages.
CREATE TABLE daybook_read.progress (
  build integer NOT NULL REFERENCES daybook_read.builds (id) ON DELETE CASCADE,
  shard integer NOT NULL CHECK (shard >= 0),
  position bigint NOT NULL CHECK (position >= 0),
  -- Of the event at `position`; 32 zeros at position 0.
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  epoch bigint NOT NULL CHECK (epoch >= 0),
  updated_at bigint NOT NULL,
  PRIMARY KEY (build, shard)
) WITH (
  fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0,
  autovacuum_analyze_threshold = 1000000
);
