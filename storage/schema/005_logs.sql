-- CloudWatch Logs: groups, their streams and tags, and one row per event.
CREATE TABLE log_group(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    class TEXT NOT NULL,
    kms_key TEXT NOT NULL,           -- '' for none
    is_protected INTEGER NOT NULL,   -- against DeleteLogGroup
    retention_days INTEGER NOT NULL, -- 0 for ever
    stored_bytes INTEGER NOT NULL,
    UNIQUE(account, region, name)
);
CREATE TABLE log_stream(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL,
    first_event_ms INTEGER,          -- these three are NULL until the first event
    last_event_ms INTEGER,
    last_ingestion_ms INTEGER,
    UNIQUE(group_id, name)
);
-- AUTOINCREMENT: an event id is never given twice, followers recognise events by it.
CREATE TABLE log_event(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    ingested_ms INTEGER NOT NULL,
    message TEXT NOT NULL
);
-- A page of a group's events, filtered by stream, is read from the index alone.
CREATE INDEX log_event_by_group ON log_event(group_id, at_ms, id, stream_id);
CREATE INDEX log_event_by_stream ON log_event(stream_id, at_ms, id);
-- Streams whose events are still to be removed.
CREATE TABLE log_dropped(
    stream_id INTEGER PRIMARY KEY
);
CREATE TABLE log_tag(
    group_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(group_id, key)
) WITHOUT ROWID;
