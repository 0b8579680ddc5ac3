-- Buckets, objects and their bodies. The rules of who owns a blob stand here as triggers, so that
-- no caller can forget them: a body goes with its last object, a blob that may have lost
-- its last reference is noted in garbage and unlinked after the COMMIT. A trigger's INSERT has no
-- OR IGNORE: an upsert that fires it would override that.
CREATE TABLE bucket(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    location TEXT NOT NULL, -- the LocationConstraint as given; empty in us-east-1
    created_ms INTEGER NOT NULL
);

-- The big column stands last: a list reads the columns before it without its overflow pages.
CREATE TABLE object(
    id INTEGER PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    size INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    etag TEXT NOT NULL, -- without quotes
    checksum_algorithm INTEGER NOT NULL,
    checksum TEXT NOT NULL, -- base64, "-N" behind a composite one
    content_type TEXT NOT NULL,
    content_encoding TEXT NOT NULL,
    metadata TEXT NOT NULL, -- a JSON object of further headers, or empty
    body INTEGER,           -- NULL: the bytes are here
    bytes BLOB,
    UNIQUE(bucket, key)
);
CREATE INDEX object_body ON object(body) WHERE body IS NOT NULL;

-- A body is its extents in order; one extent per part of a multipart upload.
CREATE TABLE body(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    size INTEGER NOT NULL,
    md5 BLOB -- of the whole; NULL when unknown
);
CREATE TABLE extent(
    body INTEGER NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL, -- in the blob
    length INTEGER NOT NULL,
    checksum TEXT NOT NULL, -- of the part, when it had one
    blob TEXT,              -- NULL: the bytes are here
    bytes BLOB,
    PRIMARY KEY(body, number)
) WITHOUT ROWID;
CREATE INDEX extent_blob ON extent(blob) WHERE blob IS NOT NULL;

CREATE TABLE upload(
    id TEXT PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    initiated_ms INTEGER NOT NULL,
    checksum_algorithm INTEGER NOT NULL, -- 0: none asked for
    is_composite INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    content_encoding TEXT NOT NULL,
    metadata TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX upload_key ON upload(bucket, key, initiated_ms);
CREATE TABLE part(
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    md5 BLOB NOT NULL,
    crc64 INTEGER NOT NULL,
    checksum_algorithm INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    blob TEXT,
    bytes BLOB,
    PRIMARY KEY(upload, number)
) WITHOUT ROWID;
CREATE INDEX part_blob ON part(blob) WHERE blob IS NOT NULL;

-- What a finished upload answered: asking again gives the same answer.
CREATE TABLE completed(
    upload TEXT PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    etag TEXT NOT NULL,
    checksum_algorithm INTEGER NOT NULL,
    checksum TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX completed_at ON completed(at_ms);

CREATE TABLE garbage(blob TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TRIGGER object_replaced AFTER UPDATE OF body ON object
WHEN old.body IS NOT NULL AND old.body IS NOT new.body
    AND NOT EXISTS (SELECT 1 FROM object WHERE body = old.body)
BEGIN
    DELETE FROM body WHERE id = old.body;
END;
CREATE TRIGGER object_deleted AFTER DELETE ON object
WHEN old.body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM object WHERE body = old.body)
BEGIN
    DELETE FROM body WHERE id = old.body;
END;
CREATE TRIGGER body_deleted AFTER DELETE ON body
BEGIN
    DELETE FROM extent WHERE body = old.id;
END;
CREATE TRIGGER extent_deleted AFTER DELETE ON extent WHEN old.blob IS NOT NULL
BEGIN
    INSERT INTO garbage SELECT old.blob
        WHERE NOT EXISTS (SELECT 1 FROM garbage WHERE blob = old.blob);
END;
CREATE TRIGGER extent_moved AFTER UPDATE OF blob ON extent
WHEN old.blob IS NOT NULL AND old.blob IS NOT new.blob
BEGIN
    INSERT INTO garbage SELECT old.blob
        WHERE NOT EXISTS (SELECT 1 FROM garbage WHERE blob = old.blob);
END;
CREATE TRIGGER part_deleted AFTER DELETE ON part WHEN old.blob IS NOT NULL
BEGIN
    INSERT INTO garbage SELECT old.blob
        WHERE NOT EXISTS (SELECT 1 FROM garbage WHERE blob = old.blob);
END;
CREATE TRIGGER part_replaced AFTER UPDATE OF blob ON part
WHEN old.blob IS NOT NULL AND old.blob IS NOT new.blob
BEGIN
    INSERT INTO garbage SELECT old.blob
        WHERE NOT EXISTS (SELECT 1 FROM garbage WHERE blob = old.blob);
END;
CREATE TRIGGER upload_deleted AFTER DELETE ON upload
BEGIN
    DELETE FROM part WHERE upload = old.id;
END;
CREATE TRIGGER bucket_deleted AFTER DELETE ON bucket
BEGIN
    DELETE FROM upload WHERE bucket = old.id;
    DELETE FROM completed WHERE bucket = old.id;
END;
