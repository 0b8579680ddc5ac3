-- A chunk's id is now (stream << 10 | lane) << 32 | sequence: room for the partitions of a stream.
UPDATE record_chunk
    SET id = (id >> 42 << 42) | ((id >> 40 & 3) << 32) | (id & 4294967295)
    WHERE id >> 40 & 3 > 0;
UPDATE record_done
    SET first_id = (first_id >> 42 << 42) | ((first_id >> 40 & 3) << 32) | (first_id & 4294967295),
        last_id = (last_id >> 42 << 42) | ((last_id >> 40 & 3) << 32) | (last_id & 4294967295);
-- Active partitions: the prefix that made them, and the values of its partition keys, a NUL behind each.
CREATE TABLE delivery_partition(
    stream INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY(stream, lane)
) WITHOUT ROWID;
-- DELETING until then.
ALTER TABLE delivery_stream ADD COLUMN gone_ms INTEGER;
-- Server-side encryption: what was asked for last, and when it is reached.
ALTER TABLE delivery_stream ADD COLUMN is_encrypted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery_stream ADD COLUMN encrypted_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery_stream ADD COLUMN key_type TEXT;
ALTER TABLE delivery_stream ADD COLUMN key_arn TEXT;
-- Calls that start or stop it count against a quota of 24 hours.
CREATE TABLE delivery_encryption_call(
    stream INTEGER NOT NULL,
    called_ms INTEGER NOT NULL
);
CREATE INDEX delivery_encryption_call_stream ON delivery_encryption_call(stream, called_ms);
