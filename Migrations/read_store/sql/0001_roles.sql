-- The roles of the read side. Roles belong to the whole cluster, so another database of it may have made them already,
-- or be making them at this moment: then that one's is the one we want.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['daybook_projector', 'daybook_query', 'daybook_reader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;
