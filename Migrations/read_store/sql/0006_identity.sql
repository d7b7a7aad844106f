-- Who this read store is: the projectors that fill it are one consumer group, and those of another read store another one.
CREATE TABLE daybook_read.identity (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  only_row boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_row)
);
INSERT INTO daybook_read.identity DEFAULT VALUES;
GRANT SELECT ON daybook_read.identity TO daybook_projector;
