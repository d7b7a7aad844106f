#!/bin/bash
# Makes a login for each of Daybook's services, with the rights of the roles that it takes on and none of its own, and sets
# its password. Postgres' image runs this when it makes a new database; run again, it sets the passwords that the
# environment has now.
set -euo pipefail

: "${COMMAND_PASSWORD:?is empty: make-env writes a file .env with passwords}"
: "${RELAY_PASSWORD:?is empty}" "${PROJECTOR_PASSWORD:?is empty}" "${QUERY_PASSWORD:?is empty}"

# psql reads passwords from the environment, so that no command line has them.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
  --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-daybook}" <<'SQL'
\getenv command COMMAND_PASSWORD
\getenv relay RELAY_PASSWORD
\getenv projector PROJECTOR_PASSWORD
\getenv query QUERY_PASSWORD

SET client_min_messages = warning;
BEGIN;
-- The roles that hold the rights. 'daybook migrate' makes those that are missing, and gives them their rights; made here
-- first, nobody can log in as one of them.
SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY[
  'daybook_writer', 'daybook_feed', 'daybook_relay', 'daybook_projector', 'daybook_query'
]) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT format('CREATE ROLE %I LOGIN NOINHERIT', name)
FROM unnest(ARRAY['command_login', 'relay_login', 'projector_login', 'query_login']) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

GRANT daybook_writer TO command_login;
GRANT daybook_feed, daybook_relay TO relay_login;
GRANT daybook_feed, daybook_projector TO projector_login;
GRANT daybook_feed, daybook_query TO query_login;

-- Not in the server's log, even where that has all statements.
SET LOCAL log_statement = 'none';
SET LOCAL log_min_error_statement = 'panic';
SET LOCAL log_min_duration_statement = -1;
ALTER ROLE command_login PASSWORD :'command';
ALTER ROLE relay_login PASSWORD :'relay';
ALTER ROLE projector_login PASSWORD :'projector';
ALTER ROLE query_login PASSWORD :'query';
COMMIT;
SQL
