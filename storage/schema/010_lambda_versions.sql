-- Versions stand beside $LATEST (version 0).
CREATE TABLE function_with_versions(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    runtime TEXT NOT NULL,
    role TEXT NOT NULL,
    handler TEXT NOT NULL,
    description TEXT NOT NULL,
    timeout_s INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL,
    storage_mb INTEGER NOT NULL,
    environment TEXT NOT NULL,
    tags TEXT NOT NULL,              -- of $LATEST, for all versions
    architecture TEXT NOT NULL,
    tracing TEXT NOT NULL,
    log_group TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,
    code_size INTEGER NOT NULL,
    code_revision TEXT NOT NULL,
    code_file TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    modified_ms INTEGER NOT NULL,
    layers TEXT NOT NULL,            -- JSON array of {Arn, CodeSize}, '' for none
    concurrency INTEGER,             -- reserved, of $LATEST for all versions; NULL for none
    last_version INTEGER NOT NULL,   -- of $LATEST: published last, never used again
    content_hash TEXT NOT NULL,      -- of a version: of what $LATEST was when it was published
    change TEXT NOT NULL,            -- 'create' or 'update' until ready_ms, '' before any
    ready_ms INTEGER NOT NULL,
    change_revision_id TEXT NOT NULL, -- the revision id until then
    UNIQUE(account, region, name, version)
);
INSERT INTO function_with_versions
    SELECT id, account, region, name, 0, runtime, role, handler, description, timeout_s, memory_mb,
        storage_mb, environment, tags, architecture, tracing, log_group, code_sha256, code_size,
        code_revision, code_file, revision_id, modified_ms, '', NULL, 0, '', '', 0, ''
    FROM function;
DROP TABLE function;
ALTER TABLE function_with_versions RENAME TO function;
CREATE INDEX function_by_code ON function(code_revision);
CREATE TABLE function_alias(
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,           -- a number or $LATEST
    description TEXT NOT NULL,
    other_version TEXT NOT NULL,     -- gets `weight` of the invocations, '' for none
    weight REAL NOT NULL,
    revision_id TEXT NOT NULL,
    PRIMARY KEY(account, region, function, name)
) WITHOUT ROWID;
-- Statements of resource policies, in the order they were added.
CREATE TABLE function_permission(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    qualifier TEXT NOT NULL,         -- '' for the function itself
    sid TEXT NOT NULL,
    statement TEXT NOT NULL,         -- JSON
    UNIQUE(account, region, function, qualifier, sid)
);
-- What becomes of asynchronous invocations.
CREATE TABLE function_event_config(
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    qualifier TEXT NOT NULL,         -- '$LATEST' for the function itself
    max_retries INTEGER,             -- NULL: not given
    max_age_s INTEGER,
    modified_ms INTEGER NOT NULL,
    PRIMARY KEY(account, region, function, qualifier)
) WITHOUT ROWID;
-- Accepted asynchronous invocations that have not succeeded yet.
CREATE TABLE function_event(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    function TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    request_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    accepted_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    failures INTEGER NOT NULL,       -- of the function
    refusals INTEGER NOT NULL        -- throttles and errors of ours since
);
CREATE INDEX function_event_due ON function_event(due_ms, id);
