-- DynamoDB. Ids are never reused: the rows of a dropped table go away later, in pieces.
CREATE TABLE dynamodb_table(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    uuid TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    hash_name TEXT NOT NULL,
    hash_type INTEGER NOT NULL,           -- an ASCII letter: S, N or B
    range_name TEXT NOT NULL,             -- empty without a sort key
    range_type INTEGER NOT NULL,
    on_demand INTEGER NOT NULL,
    read_units INTEGER NOT NULL,
    write_units INTEGER NOT NULL,
    is_protected INTEGER NOT NULL,
    class TEXT NOT NULL,                  -- empty unless asked for
    stream_id INTEGER NOT NULL,           -- 0 without a stream
    stream_view INTEGER NOT NULL,
    stream_label TEXT NOT NULL,
    UNIQUE(account, region, name)
);

-- Apart from the description, because every write of an item may touch it.
CREATE TABLE dynamodb_counter(
    table_id INTEGER PRIMARY KEY,
    items INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);

CREATE TABLE dynamodb_tag(
    table_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(table_id, name)
) WITHOUT ROWID;

-- A rowid table: big payloads are appended, only the thin key index is random.
CREATE TABLE dynamodb_item(
    id INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL,
    p BLOB NOT NULL,                      -- 8 bytes of hash, then the partition key
    s BLOB NOT NULL,                      -- the sort key, or empty
    size INTEGER NOT NULL,                -- as AWS counts it
    document BLOB NOT NULL,
    UNIQUE(table_id, p, s)
);

-- Tables whose rows are still to be removed.
CREATE TABLE dynamodb_dropped(
    table_id INTEGER PRIMARY KEY
);

-- A stream outlives its table for a day.
CREATE TABLE dynamodb_stream(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    table_name TEXT NOT NULL,
    label TEXT NOT NULL,
    view INTEGER NOT NULL,
    hash_name TEXT NOT NULL,
    range_name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    closed_ms INTEGER                     -- NULL while open
);

CREATE TABLE dynamodb_stream_record(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    event INTEGER NOT NULL,               -- 1 insert, 2 modify, 3 remove
    event_id BLOB NOT NULL,
    size INTEGER NOT NULL,
    keys BLOB NOT NULL,
    old_image BLOB,                       -- NULL when there was none or the view leaves it out
    new_image BLOB
);

CREATE INDEX dynamodb_stream_order ON dynamodb_stream_record(stream_id, sequence);
