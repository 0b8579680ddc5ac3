-- CloudWatch: metrics, and what was measured in each of their minutes.
CREATE TABLE metric(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    dimensions BLOB NOT NULL,    -- name NUL value NUL ..., sorted by name
    newest_ms INTEGER NOT NULL,  -- its newest minute
    UNIQUE(account, region, namespace, name, dimensions)
);
CREATE TABLE metric_minute(
    metric_id INTEGER NOT NULL,
    minute_ms INTEGER NOT NULL,  -- when it began
    unit TEXT NOT NULL,
    sum REAL NOT NULL,
    count REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    sample BLOB NOT NULL,        -- storage/metric_values.h
    PRIMARY KEY(metric_id, minute_ms, unit)
) WITHOUT ROWID;
