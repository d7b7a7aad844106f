GRANT USAGE ON SCHEMA daybook_read TO daybook_projector, daybook_query;
GRANT SELECT, INSERT, UPDATE, DELETE ON daybook_read.builds, daybook_read.progress TO daybook_projector;
GRANT SELECT ON daybook_read.builds, daybook_read.progress TO daybook_query;
