-- Delivery streams. `configuration` is the ExtendedS3DestinationDescription, defaults filled in.
CREATE TABLE delivery_stream(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    active_ms INTEGER NOT NULL,
    updated_ms INTEGER,
    configuration TEXT NOT NULL,
    UNIQUE(account, region, name)
);
CREATE TABLE delivery_stream_tag(
    stream INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY(stream, key)
) WITHOUT ROWID;
-- Accepted records, packed. An id is buffer << 40 | sequence, and a buffer is stream << 2 | stage:
-- so each buffer is one run of neighbouring rows and needs no index.
CREATE TABLE record_chunk(
    id INTEGER PRIMARY KEY,
    records INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    queued_ms INTEGER NOT NULL,
    packed BLOB NOT NULL
);
-- Runs of chunks that count as deleted: large ones are removed in portions afterwards. Never overlapping.
CREATE TABLE record_done(
    first_id INTEGER PRIMARY KEY,
    last_id INTEGER NOT NULL
);
