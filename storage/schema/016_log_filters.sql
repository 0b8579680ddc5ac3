-- CloudWatch Logs: metric filters and subscription filters, the events they have still to look at, and settings that are kept
-- as they were given.
CREATE TABLE log_filter(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,              -- 1 metric filter, 2 subscription filter
    name TEXT NOT NULL,
    pattern TEXT NOT NULL,
    settings TEXT NOT NULL,             -- JSON object: the other members
    has_regex INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,           -- not to be tried again before
    failures INTEGER NOT NULL,          -- in a row
    failing_since_ms INTEGER NOT NULL,  -- the first of them
    disabled_until_ms INTEGER NOT NULL, -- what comes until then is left out
    UNIQUE(group_id, kind, name)
);
-- Events of one stream, put in one go, that a filter has not dealt with. Stream 0: a message that checks the destination.
CREATE TABLE log_forward(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    filter_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    next_event INTEGER NOT NULL,
    last_event INTEGER NOT NULL
);
CREATE INDEX log_forward_by_filter ON log_forward(filter_id, id);
CREATE INDEX log_group_by_retention ON log_group(id) WHERE retention_days > 0;
-- Resource policies, destinations, saved queries and the like.
CREATE TABLE log_document(
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    changed_ms INTEGER NOT NULL,
    body TEXT NOT NULL,                 -- JSON object
    PRIMARY KEY(kind, account, region, name)
) WITHOUT ROWID;
