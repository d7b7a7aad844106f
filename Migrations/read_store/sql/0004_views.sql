-- What people who write SQL see: the role daybook_reader, the schema daybook, and in it views over the active builds.
-- docs/SQL.md explains them.
CREATE SCHEMA IF NOT EXISTS daybook;
GRANT USAGE ON SCHEMA daybook TO daybook_reader;

-- An owner who is no superuser has to be a member of a role to make schemas for it, to read what it owns, or to take it
-- on. Views read as their owner does, not as who asks.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['daybook_projector', 'daybook_query', 'daybook_reader'] LOOP
    IF NOT pg_has_role(current_user, wanted, 'USAGE') THEN
      EXECUTE format('GRANT %I TO %I', wanted, current_user);
    END IF;
  END LOOP;
END
$$;

-- A report that somebody forgot must not fill the disk, hold back the clean-up of rows, or run for ever. These are the
-- settings of a login; they are a guard against mistakes, and the missing rights are what keeps the data.
-- Roles belong to the whole cluster: another database's migration may be changing this row at this moment.
DO $$
DECLARE
  wanted text[] := ARRAY[
    'default_transaction_read_only=on', 'statement_timeout=5min', 'idle_in_transaction_session_timeout=10min',
    'search_path=daybook'];
  setting text;
BEGIN
  -- Only a superuser may set a limit that only superusers may set.
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    wanted := array_append(wanted, 'temp_file_limit=2GB');
  END IF;
  WHILE NOT (SELECT coalesce(rolconfig, '{}') @> wanted FROM pg_roles WHERE rolname = 'daybook_reader') LOOP
    BEGIN
      FOREACH setting IN ARRAY wanted LOOP
        EXECUTE format(
          'ALTER ROLE daybook_reader SET %s = %L', split_part(setting, '=', 1), split_part(setting, '=', 2));
      END LOOP;
    EXCEPTION
      -- "tuple concurrently updated": the other one has committed by now.
      WHEN internal_error THEN NULL;
    END;
  END LOOP;
END
$$;

-- Postgres' time of one of ours, rounded down to a microsecond; exact from 1677 to 2262. (A division by 1e9 would not be,
-- and to_timestamp() rounds.) Not STRICT, so that Postgres puts it into the query's plan; null gives null all the same.
CREATE FUNCTION daybook.moment(nanoseconds bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  timestamp '1970-01-01 00:00:00'
    + (nanoseconds / 1000000000) * interval '1 second'
    + (nanoseconds % 1000000000 / 1000 - CASE WHEN nanoseconds % 1000 < 0 THEN 1 ELSE 0 END) * interval '1 microsecond'
) AT TIME ZONE 'UTC';
COMMENT ON FUNCTION daybook.moment IS 'The time of so many nanoseconds since 1970 UTC, rounded down to a microsecond.';

COMMENT ON SCHEMA daybook IS 'Views for people, over the active builds. See docs/SQL.md.';

-- The views as they are before there is a build: names, types, comments and rights, and no rows. publish_views() replaces
-- them, which keeps comments and rights, and which Postgres lets it do only with the same columns.
CREATE FUNCTION daybook_read.reset_views() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CREATE OR REPLACE VIEW daybook.metrics AS
  SELECT
    NULL::text AS name, NULL::bigint AS series, NULL::text AS unit, NULL::text AS description, NULL::text AS kind,
    NULL::timestamptz AS first_at, NULL::timestamptz AS last_at
  WHERE false;

  CREATE OR REPLACE VIEW daybook.series AS
  SELECT
    NULL::text AS name, NULL::jsonb AS labels, NULL::bigint AS series_id,
    NULL::timestamptz AS first_at, NULL::timestamptz AS last_at, NULL::bigint AS first_at_ns, NULL::bigint AS last_at_ns
  WHERE false;

  CREATE OR REPLACE VIEW daybook.hours AS
  SELECT
    NULL::text AS name, NULL::jsonb AS labels, NULL::bigint AS series_id, NULL::timestamptz AS hour,
    NULL::bigint AS count, NULL::float8 AS avg, NULL::float8 AS sum, NULL::float8 AS min, NULL::float8 AS max,
    NULL::float8 AS first, NULL::timestamptz AS first_at, NULL::float8 AS last, NULL::timestamptz AS last_at,
    NULL::bigint AS first_at_ns, NULL::bigint AS last_at_ns, NULL::bigint AS samples, NULL::integer AS hour_number
  WHERE false;

  CREATE OR REPLACE VIEW daybook.days AS
  SELECT
    NULL::text AS name, NULL::jsonb AS labels, NULL::bigint AS series_id, NULL::timestamptz AS day,
    NULL::bigint AS count, NULL::float8 AS avg, NULL::float8 AS sum, NULL::float8 AS min, NULL::float8 AS max,
    NULL::float8 AS first, NULL::timestamptz AS first_at, NULL::float8 AS last, NULL::timestamptz AS last_at,
    NULL::bigint AS first_at_ns, NULL::bigint AS last_at_ns, NULL::bigint AS samples, NULL::integer AS day_number
  WHERE false;

  GRANT SELECT ON daybook.metrics, daybook.series, daybook.hours, daybook.days TO daybook_reader;

  COMMENT ON VIEW daybook.metrics IS
    'One row per metric. Complete up to the last fold, seldom more than half a minute ago.';
  COMMENT ON COLUMN daybook.metrics.series IS 'How many series have this name.';
  COMMENT ON COLUMN daybook.metrics.kind IS 'gauge or counter; null: nobody said.';
  COMMENT ON COLUMN daybook.metrics.first_at IS 'Of its first sample that is not NaN.';
  COMMENT ON VIEW daybook.series IS
    'One row per series: a name with one set of labels. Complete up to the last fold, seldom more than half a minute ago.';
  COMMENT ON COLUMN daybook.series.labels IS 'An object of texts, {} without labels: labels->>''host'' is one of them.';
  COMMENT ON COLUMN daybook.series.first_at IS
    'Of its first sample that is not NaN, rounded down to a microsecond; null: none is folded yet.';
  COMMENT ON COLUMN daybook.series.first_at_ns IS 'The same exactly: nanoseconds since 1970 UTC.';
  COMMENT ON VIEW daybook.hours IS
    'One row per series and hour that has samples. Complete up to the last fold, seldom more than half a minute ago.';
  COMMENT ON COLUMN daybook.hours.hour IS 'Its start.';
  COMMENT ON COLUMN daybook.hours.count IS
    'Samples that are not NaN: only they count in avg, sum, min, max, first and last, which are null when there is none.';
  COMMENT ON COLUMN daybook.hours.samples IS 'All samples, NaN included.';
  COMMENT ON COLUMN daybook.hours.hour_number IS
    'Whole hours since 1970 UTC. A condition on it is looked up in an index, one on hour is not.';
  COMMENT ON VIEW daybook.days IS
    'One row per series and day (UTC) that has samples. Complete up to the last fold, seldom more than half a minute ago.';
  COMMENT ON COLUMN daybook.days.day IS 'Its start, midnight UTC.';
  COMMENT ON COLUMN daybook.days.count IS
    'Samples that are not NaN: only they count in avg, sum, min, max, first and last, which are null when there is none.';
  COMMENT ON COLUMN daybook.days.samples IS 'All samples, NaN included.';
  COMMENT ON COLUMN daybook.days.day_number IS
    'Whole days since 1970 UTC. A condition on it is looked up in an index, one on day is not.';
END
$$;
REVOKE ALL ON FUNCTION daybook_read.reset_views FROM PUBLIC;
SELECT daybook_read.reset_views();

-- Whose tables the views show.
CREATE TABLE daybook_read.published (
  timeline text NOT NULL,
  catalogue text NOT NULL,
  published_at bigint NOT NULL,
  only_row boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_row)
);

-- Lets the views of schema daybook show the active builds. To be called after a build has become active and before
-- another one is dropped; the projector calls it every few seconds, so who forgets is only late.
--
-- Replacing a view needs a lock that an open transaction which has read it holds up. It is waited for a tenth of a second
-- only, since whoever comes later to read waits behind us; then the outcome is 'busy', the views show what they showed,
-- and the caller tries again later.
--
-- - outcome: 'current' (nothing to do), 'published', 'busy', or 'no build' (a projection has no active one yet).
-- - timeline, catalogue: the schemas of the active builds.
CREATE FUNCTION daybook_read.publish_views(OUT outcome text, OUT timeline text, OUT catalogue text)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '100ms'
AS $$
#variable_conflict use_column
DECLARE
  views constant text[] := ARRAY['daybook.metrics', 'daybook.series', 'daybook.hours', 'daybook.days'];
  -- Who drops a build that they show drops them with it (DROP SCHEMA … CASCADE).
  are_there boolean;
  bucket text;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT min(b.schema) FILTER (WHERE b.projection = 'timeline'), min(b.schema) FILTER (WHERE b.projection = 'catalogue')
    INTO publish_views.timeline, publish_views.catalogue
    FROM daybook_read.builds b WHERE b.active;
    IF publish_views.timeline IS NULL OR publish_views.catalogue IS NULL THEN
      outcome := 'no build';
      RETURN;
    END IF;
    are_there := NOT EXISTS (SELECT FROM unnest(views) v WHERE to_regclass(v) IS NULL);
    IF are_there AND EXISTS (
      SELECT FROM daybook_read.published p
      WHERE p.timeline = publish_views.timeline AND p.catalogue = publish_views.catalogue
    ) THEN
      outcome := 'current';
      RETURN;
    END IF;
    -- Looked at again under the lock: another one may have published meanwhile, or made another build active.
    IF attempt = 1 THEN
      LOCK TABLE daybook_read.published IN EXCLUSIVE MODE;
    END IF;
  END LOOP;

  IF NOT are_there THEN
    PERFORM daybook_read.reset_views();
  END IF;
  EXECUTE format($view$
    CREATE OR REPLACE VIEW daybook.metrics AS
    SELECT
      m.name, m.series, m.unit, m.description, m.kind,
      (SELECT daybook.moment(min(p.first_at)) FROM %2$I.series s JOIN %1$I.spans p ON p.series = s.id
        WHERE s.name = m.name) AS first_at,
      (SELECT daybook.moment(max(p.last_at)) FROM %2$I.series s JOIN %1$I.spans p ON p.series = s.id
        WHERE s.name = m.name) AS last_at
    FROM %2$I.metrics m
    $view$, publish_views.timeline, publish_views.catalogue);
  EXECUTE format($view$
    CREATE OR REPLACE VIEW daybook.series AS
    SELECT
      s.name, s.labels, s.id AS series_id,
      daybook.moment(p.first_at) AS first_at, daybook.moment(p.last_at) AS last_at,
      p.first_at AS first_at_ns, p.last_at AS last_at_ns
    FROM %2$I.series s LEFT JOIN %1$I.spans p ON p.series = s.id
    $view$, publish_views.timeline, publish_views.catalogue);
  FOREACH bucket IN ARRAY ARRAY['hour', 'day'] LOOP
    -- Postgres raises an error where a division leaves nothing of a number that is not 0, so such an average, below
    -- 1e-320, is 0.
    EXECUTE format($view$
      CREATE OR REPLACE VIEW daybook.%3$Is AS
      SELECT
        s.name, s.labels, s.id AS series_id,
        (timestamp '1970-01-01 00:00:00' + b.%3$I * interval '1 %3$s') AT TIME ZONE 'UTC' AS %3$I,
        b.n AS count, CASE WHEN abs(b.sum) <= b.n * float8 '1e-320' THEN 0 ELSE b.sum / b.n END AS avg,
        b.sum, b.min, b.max, b.first, daybook.moment(b.first_at) AS first_at, b.last,
        daybook.moment(b.last_at) AS last_at, b.first_at AS first_at_ns, b.last_at AS last_at_ns,
        b.stored AS samples, b.%3$I AS %3$I_number
      FROM %2$I.series s JOIN %1$I.%3$Is b ON b.series = s.id
      $view$, publish_views.timeline, publish_views.catalogue, bucket);
  END LOOP;
  INSERT INTO daybook_read.published (timeline, catalogue, published_at)
  VALUES (
    publish_views.timeline, publish_views.catalogue, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000)
  ON CONFLICT (only_row) DO UPDATE
  SET timeline = excluded.timeline, catalogue = excluded.catalogue, published_at = excluded.published_at;
  outcome := 'published';
EXCEPTION
  WHEN lock_not_available THEN
    outcome := 'busy';
END
$$;
REVOKE ALL ON FUNCTION daybook_read.publish_views FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_read.publish_views TO daybook_projector;

-- A store that has builds already gets its views now; nobody can be reading views that nobody sees yet.
SELECT daybook_read.publish_views();
