-- Lambda functions: configuration and code of $LATEST, one row per function.
CREATE TABLE function(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    runtime TEXT NOT NULL,
    role TEXT NOT NULL,
    handler TEXT NOT NULL,
    description TEXT NOT NULL,
    timeout_s INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL,
    storage_mb INTEGER NOT NULL,     -- EphemeralStorage
    environment TEXT NOT NULL,       -- JSON object of the variables, '' for none given
    tags TEXT NOT NULL,              -- JSON object, '' for none
    architecture TEXT NOT NULL,
    tracing TEXT NOT NULL,           -- TracingConfig.Mode
    log_group TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,       -- of the package, base64
    code_size INTEGER NOT NULL,
    code_revision TEXT NOT NULL,     -- names the folder under DIR/<sandbox>/functions/<name>/
    code_file TEXT NOT NULL,         -- the shared object in that folder
    revision_id TEXT NOT NULL,       -- new with every change
    modified_ms INTEGER NOT NULL,
    UNIQUE(account, region, name)
);
CREATE INDEX function_by_code ON function(code_revision);
