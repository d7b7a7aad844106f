-- Who may do what. No role but the owner may change or delete an event, by construction and not by agreement.
-- The partitions carry no grants: they are reached through `events` only.

-- Command service. UPDATE on the heads is what FOR UPDATE needs, too.
GRANT SELECT ON daybook_events.store TO daybook_writer;
GRANT SELECT, UPDATE ON daybook_events.shards TO daybook_writer;
GRANT SELECT, INSERT ON daybook_events.events, daybook_events.series, daybook_events.rejected TO daybook_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON daybook_events.keys TO daybook_writer;
GRANT EXECUTE ON FUNCTION daybook_events.append, daybook_events.trim_rejected TO daybook_writer;

-- Whoever reads the log: relay, projectors, and the query service when it may.
GRANT SELECT ON daybook_events.store, daybook_events.shards, daybook_events.events, daybook_events.series
  TO daybook_feed;
