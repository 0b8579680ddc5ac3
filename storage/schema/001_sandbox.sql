-- What a sandbox remembers of itself: clock mode and offset, seed.
CREATE TABLE setting(
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
