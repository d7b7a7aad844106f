-- A build of the Catalogue projection. What the columns mean stands in Sources/Contracts/ReadModels/CatalogueTables.swift.

-- Written once per series, and read by name. There is no index over labels: it would cost more than all the rest at
-- registration, and the series of one name are few, or looked at together anyway.
CREATE TABLE {{schema}}.series (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  labels jsonb NOT NULL
);
CREATE INDEX series_name ON {{schema}}.series (name, id);

CREATE TABLE {{schema}}.metrics (
  name text PRIMARY KEY,
  series bigint NOT NULL,
  unit text,
  description text,
  kind text
) WITH (fillfactor = 70);
