-- A build of the Timeline projection. What the columns mean stands in Sources/Contracts/ReadModels/TimelineTables.swift
-- and docs/read-models.md.

-- The delta: one row per flush and page of 1,024 series. Written once, read by queries, deleted a minute after its fold.
-- It is cleaned early, so that its pages are used again, or given back at its end, instead of growing.
CREATE TABLE {{schema}}.tail (
  shard int NOT NULL,
  page int NOT NULL,
  sequence bigint NOT NULL,
  samples int NOT NULL,
  changes bytea NOT NULL,
  PRIMARY KEY (shard, page, sequence)
) WITH (
  fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000
);
ALTER TABLE {{schema}}.tail ALTER COLUMN changes SET STORAGE EXTERNAL;

-- Up to which sequence the tail of a page is folded. Rewritten at every fold of the page.
CREATE TABLE {{schema}}.folded (
  shard int NOT NULL,
  page int NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (shard, page)
) WITH (fillfactor = 45);

-- The main part. An hour is rewritten by every fold while it is the present one, and grows with each: it moves to
-- another page more often than not, so that room for versions would mostly stay empty for ever. Vacuum makes the places that it
-- leaves usable for the hours that come; it runs before they are a twentieth of the table.
CREATE TABLE {{schema}}.hours (
  series bigint NOT NULL,
  hour int NOT NULL,
  stored bigint NOT NULL,
  n bigint NOT NULL,
  sum double precision,
  min double precision,
  max double precision,
  first double precision,
  first_at bigint,
  last double precision,
  last_at bigint,
  samples bytea,
  PRIMARY KEY (series, hour)
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE {{schema}}.hours ALTER COLUMN samples SET STORAGE EXTERNAL;

-- The minutes of hours with more than 4,096 samples.
CREATE TABLE {{schema}}.minutes (
  series bigint NOT NULL,
  minute int NOT NULL,
  stored bigint NOT NULL,
  n bigint NOT NULL,
  sum double precision,
  min double precision,
  max double precision,
  first double precision,
  first_at bigint,
  last double precision,
  last_at bigint,
  samples bytea NOT NULL,
  PRIMARY KEY (series, minute)
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE {{schema}}.minutes ALTER COLUMN samples SET STORAGE EXTERNAL;

CREATE TABLE {{schema}}.days (
  series bigint NOT NULL,
  day int NOT NULL,
  stored bigint NOT NULL,
  n bigint NOT NULL,
  sum double precision,
  min double precision,
  max double precision,
  first double precision,
  first_at bigint,
  last double precision,
  last_at bigint,
  PRIMARY KEY (series, day)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.1);

CREATE TABLE {{schema}}.spans (
  series bigint NOT NULL,
  first_at bigint,
  last_at bigint,
  PRIMARY KEY (series)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.1);
