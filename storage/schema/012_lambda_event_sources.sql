-- Event source mappings: streams that are read for functions.
CREATE TABLE event_source(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,          -- "name" or "name:qualifier"
    source_arn TEXT NOT NULL,
    batch_size INTEGER NOT NULL,
    window_s INTEGER NOT NULL,       -- MaximumBatchingWindowInSeconds
    max_age_s INTEGER NOT NULL,      -- of a record; -1: as long as the stream keeps it
    max_retries INTEGER NOT NULL,    -- -1: as long as the stream keeps the records
    bisects INTEGER NOT NULL,        -- BisectBatchOnFunctionError
    reports_failures INTEGER NOT NULL, -- FunctionResponseTypes has ReportBatchItemFailures
    starting_position TEXT NOT NULL,
    starting_ms INTEGER NOT NULL,    -- of AT_TIMESTAMP
    is_enabled INTEGER NOT NULL,
    change TEXT NOT NULL,            -- the state until ready_ms
    ready_ms INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    last_result TEXT NOT NULL,
    tags TEXT NOT NULL               -- JSON object, '' for none
);
CREATE INDEX event_source_owner ON event_source(account, region, id);
-- How far a shard was read, and what is known of the batch behind that.
CREATE TABLE event_source_lane(
    source INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    position INTEGER NOT NULL,
    failures INTEGER NOT NULL,       -- of the function, for the records that come next
    next_ms INTEGER NOT NULL,        -- not to be tried before
    piece INTEGER NOT NULL,          -- records of a piece of a batch that failed, 0: no such batch
    piece_end INTEGER NOT NULL,      -- the place of that batch's last record
    PRIMARY KEY(source, shard)
) WITHOUT ROWID;
