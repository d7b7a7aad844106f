-- The roles that touch the event store. Roles belong to the whole cluster, so they may be here already: made by an
-- earlier database, by the read store's migrations, or at this moment by another one.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['daybook_writer', 'daybook_feed', 'daybook_relay'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', wanted);
      EXCEPTION
        -- Another database's migration was quicker: unique_violation when both ran at once.
        WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END
$$;

CREATE SCHEMA IF NOT EXISTS daybook_events;
GRANT USAGE ON SCHEMA daybook_events TO daybook_writer, daybook_feed, daybook_relay;
