-- Versions of objects, what an object is besides its bytes, and the settings of buckets.
--
-- object holds what a plain GET sees, one row per key. An earlier version moves to object_past; a
-- delete marker stands there too, with no row in object while it is the latest. Among the
-- rows of a key the highest sequence is the latest.
ALTER TABLE bucket ADD COLUMN versioning INTEGER NOT NULL DEFAULT 0; -- 1: enabled, 2: suspended
ALTER TABLE bucket ADD COLUMN has_lock INTEGER NOT NULL DEFAULT 0;

-- XML or JSON as it was put, by kind ("cors") and, where there are several, id.
CREATE TABLE bucket_setting(
    bucket INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY(bucket, kind, id)
) WITHOUT ROWID;

CREATE TABLE version_sequence(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
);

-- The big columns stand last: a list reads those before them without overflow pages.
CREATE TABLE object_now(
    id INTEGER PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    size INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    etag TEXT NOT NULL, -- without quotes
    checksum_algorithm INTEGER NOT NULL,
    checksum TEXT NOT NULL, -- base64, "-N" behind a composite one
    storage_class TEXT NOT NULL DEFAULT '', -- empty: STANDARD
    sequence INTEGER NOT NULL DEFAULT 0,
    version TEXT NOT NULL DEFAULT '', -- empty: "null"
    content_type TEXT NOT NULL,
    content_encoding TEXT NOT NULL,
    metadata TEXT NOT NULL, -- a JSON object of further headers, or empty
    tags TEXT NOT NULL DEFAULT '', -- URL-encoded, a=b&c=d
    acl TEXT NOT NULL DEFAULT '', -- an AccessControlList; empty: the owner's
    encryption TEXT NOT NULL DEFAULT '', -- empty: AES256
    lock_mode TEXT NOT NULL DEFAULT '', -- empty: no retention
    lock_until_ms INTEGER NOT NULL DEFAULT 0,
    has_hold INTEGER NOT NULL DEFAULT 0,
    restored_until_ms INTEGER NOT NULL DEFAULT 0, -- a copy of an archived object
    body INTEGER, -- NULL: the bytes are here
    bytes BLOB,
    UNIQUE(bucket, key)
);
INSERT INTO object_now(id, bucket, key, size, modified_ms, etag, checksum_algorithm, checksum,
    content_type, content_encoding, metadata, body, bytes)
    SELECT id, bucket, key, size, modified_ms, etag, checksum_algorithm, checksum,
    content_type, content_encoding, metadata, body, bytes FROM object;
DROP TABLE object; -- and with it its triggers; a dropped table's rows fire none
ALTER TABLE object_now RENAME TO object;
CREATE INDEX object_body ON object(body) WHERE body IS NOT NULL;

CREATE TABLE object_past(
    id INTEGER PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    is_marker INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    etag TEXT NOT NULL,
    checksum_algorithm INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    storage_class TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    version TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content_encoding TEXT NOT NULL,
    metadata TEXT NOT NULL,
    tags TEXT NOT NULL,
    acl TEXT NOT NULL,
    encryption TEXT NOT NULL,
    lock_mode TEXT NOT NULL,
    lock_until_ms INTEGER NOT NULL,
    has_hold INTEGER NOT NULL,
    restored_until_ms INTEGER NOT NULL,
    past_since_ms INTEGER NOT NULL, -- since when it is not the latest
    body INTEGER,
    bytes BLOB,
    UNIQUE(bucket, key, sequence),
    UNIQUE(bucket, key, version)
);
CREATE INDEX object_past_body ON object_past(body) WHERE body IS NOT NULL;

-- A body goes with the last version that refers to it.
CREATE TRIGGER object_replaced AFTER UPDATE OF body ON object
WHEN old.body IS NOT NULL AND old.body IS NOT new.body
    AND NOT EXISTS (SELECT 1 FROM object WHERE body = old.body)
    AND NOT EXISTS (SELECT 1 FROM object_past WHERE body = old.body)
BEGIN
    DELETE FROM body WHERE id = old.body;
END;
CREATE TRIGGER object_deleted AFTER DELETE ON object
WHEN old.body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM object WHERE body = old.body)
    AND NOT EXISTS (SELECT 1 FROM object_past WHERE body = old.body)
BEGIN
    DELETE FROM body WHERE id = old.body;
END;
CREATE TRIGGER object_past_deleted AFTER DELETE ON object_past
WHEN old.body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM object WHERE body = old.body)
    AND NOT EXISTS (SELECT 1 FROM object_past WHERE body = old.body)
BEGIN
    DELETE FROM body WHERE id = old.body;
END;

-- What an upload's object will be is said at its creation.
ALTER TABLE upload ADD COLUMN storage_class TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN acl TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN encryption TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN lock_mode TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN lock_until_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE upload ADD COLUMN has_hold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE upload ADD COLUMN is_overtaken INTEGER NOT NULL DEFAULT 0; -- its key was written since
ALTER TABLE completed ADD COLUMN version TEXT NOT NULL DEFAULT '';

CREATE TRIGGER upload_overtaken_by_first AFTER INSERT ON object
BEGIN
    UPDATE upload SET is_overtaken = 1 WHERE bucket = new.bucket AND key = new.key;
END;
CREATE TRIGGER upload_overtaken_by_next AFTER UPDATE OF modified_ms ON object
BEGIN
    UPDATE upload SET is_overtaken = 1 WHERE bucket = new.bucket AND key = new.key;
END;
CREATE TRIGGER upload_overtaken_by_delete AFTER DELETE ON object
BEGIN
    UPDATE upload SET is_overtaken = 1 WHERE bucket = old.bucket AND key = old.key;
END;

DROP TRIGGER bucket_deleted;
CREATE TRIGGER bucket_deleted AFTER DELETE ON bucket
BEGIN
    DELETE FROM upload WHERE bucket = old.id;
    DELETE FROM completed WHERE bucket = old.id;
    DELETE FROM bucket_setting WHERE bucket = old.id;
END;
