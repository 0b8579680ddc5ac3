-- Kinesis data streams. A shard belongs to no stream once its stream was deleted; its records are
-- then removed in portions, and it with the last of them.
CREATE TABLE kinesis_stream(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    is_on_demand INTEGER NOT NULL,
    shards INTEGER NOT NULL,
    retention_hours INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE(account, region, name)
);
CREATE TABLE kinesis_shard(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER,
    number INTEGER NOT NULL,
    last_place INTEGER NOT NULL,
    UNIQUE(stream, number)
);
-- id = shard << 36 | place: a shard is one run of neighbouring rows.
CREATE TABLE kinesis_record(
    id INTEGER PRIMARY KEY,
    arrival_ms INTEGER NOT NULL,
    partition_key TEXT NOT NULL,
    data BLOB NOT NULL
);
CREATE TABLE kinesis_tag(
    stream INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(stream, key)
) WITHOUT ROWID;
-- A delivery stream that reads a Kinesis stream: its KinesisStreamSourceConfiguration; how far each
-- shard was read; where each record of a chunk came from.
ALTER TABLE delivery_stream ADD COLUMN source TEXT;
CREATE TABLE source_position(
    delivery_stream INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY(delivery_stream, shard)
) WITHOUT ROWID;
ALTER TABLE record_chunk ADD COLUMN origins BLOB;
CREATE TRIGGER source_position_gone AFTER DELETE ON delivery_stream BEGIN
    DELETE FROM source_position WHERE delivery_stream = OLD.id;
END;
