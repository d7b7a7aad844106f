GRANT USAGE ON SCHEMA daybook_read TO daybook_projector, daybook_query;
GRANT SELECT, INSERT, UPDATE, DELETE ON daybook_read.builds, daybook_read.progress TO daybook_projector;
GRANT SELECT ON daybook_read.builds, daybook_read.progress TO daybook_query;

-- A projector owns the schemas of its builds and what is in them, and can make no others: so it has no right to make
-- schemas, but this function.
CREATE FUNCTION daybook_read.create_schema(build integer) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  wanted text;
BEGIN
  SELECT b.schema INTO STRICT wanted FROM daybook_read.builds b WHERE b.id = build;
  EXECUTE format('CREATE SCHEMA %I AUTHORIZATION daybook_projector', wanted);
END
$$;
REVOKE ALL ON FUNCTION daybook_read.create_schema FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_read.create_schema TO daybook_projector;
