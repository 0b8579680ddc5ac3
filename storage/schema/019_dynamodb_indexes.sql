-- Secondary indexes of tables. Ids are never reused: an index's rows go later, in pieces.
CREATE TABLE dynamodb_index(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    table_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    is_global INTEGER NOT NULL,
    keys BLOB NOT NULL,                   -- for each: H or R, its type, length of the name, name
    projection INTEGER NOT NULL,          -- 0 all, 1 only keys, 2 some attributes
    attributes BLOB NOT NULL,             -- those: for each the length of the name, name
    read_units INTEGER NOT NULL,
    write_units INTEGER NOT NULL,
    is_creating INTEGER NOT NULL,         -- holds items up to the cursor, no others yet
    cursor_p BLOB NOT NULL,
    cursor_s BLOB NOT NULL,
    items INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    UNIQUE(table_id, name)
);
CREATE INDEX dynamodb_index_creating ON dynamodb_index(id) WHERE is_creating;

-- Small rows: clustered. bp and bs are the item's own key, so that every row has its place.
CREATE TABLE dynamodb_index_item(
    index_id INTEGER NOT NULL,
    p BLOB NOT NULL,
    s BLOB NOT NULL,
    bp BLOB NOT NULL,
    bs BLOB NOT NULL,
    item INTEGER NOT NULL,                -- the item's row
    size INTEGER NOT NULL,                -- of what is projected; 0 where that is the whole item
    document BLOB,                        -- what is projected; NULL: the whole item
    PRIMARY KEY(index_id, p, s, bp, bs)
) WITHOUT ROWID;

CREATE TABLE dynamodb_dropped_index(
    index_id INTEGER PRIMARY KEY
);

-- What else a table has.
ALTER TABLE dynamodb_table ADD COLUMN on_demand_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynamodb_table ADD COLUMN increased_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynamodb_table ADD COLUMN decreased_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynamodb_table ADD COLUMN class_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynamodb_table ADD COLUMN max_read_units INTEGER NOT NULL DEFAULT 0;  -- 0: not said
ALTER TABLE dynamodb_table ADD COLUMN max_write_units INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dynamodb_table ADD COLUMN is_encrypted INTEGER NOT NULL DEFAULT 0;    -- with a KMS key
ALTER TABLE dynamodb_table ADD COLUMN kms_key TEXT NOT NULL DEFAULT '';
ALTER TABLE dynamodb_table ADD COLUMN ttl_name TEXT NOT NULL DEFAULT '';
ALTER TABLE dynamodb_table ADD COLUMN ttl_state INTEGER NOT NULL DEFAULT 0;       -- 1 enabling, 2 enabled
ALTER TABLE dynamodb_table ADD COLUMN ttl_cursor_p BLOB NOT NULL DEFAULT x'';      -- the last item looked at
ALTER TABLE dynamodb_table ADD COLUMN ttl_cursor_s BLOB NOT NULL DEFAULT x'';

UPDATE dynamodb_table SET on_demand_ms = created_ms WHERE on_demand;

-- Settings that are only kept, as JSON, by kind.
CREATE TABLE dynamodb_setting(
    table_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY(table_id, kind)
) WITHOUT ROWID;

-- When an item expires, in seconds. Only a hint: what is removed is looked at again.
ALTER TABLE dynamodb_item ADD COLUMN expires_s INTEGER;
CREATE INDEX dynamodb_item_expiry ON dynamodb_item(expires_s) WHERE expires_s IS NOT NULL;

ALTER TABLE dynamodb_stream ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 1;
ALTER TABLE dynamodb_stream ADD COLUMN last_sequence INTEGER NOT NULL DEFAULT 0;  -- once closed
CREATE INDEX dynamodb_stream_name ON dynamodb_stream(account, region, table_name, label);

ALTER TABLE dynamodb_stream_record ADD COLUMN is_expiry INTEGER NOT NULL DEFAULT 0; -- by time to live
