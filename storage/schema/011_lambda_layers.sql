-- Layers: how many versions a name has had, and those that are there.
CREATE TABLE layer(
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    last_version INTEGER NOT NULL,
    PRIMARY KEY(account, region, name)
) WITHOUT ROWID;
CREATE TABLE layer_version(
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    description TEXT NOT NULL,
    runtimes TEXT NOT NULL,          -- JSON array, '' for none given
    architectures TEXT NOT NULL,
    license TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,
    code_size INTEGER NOT NULL,      -- of the zip
    unzipped_bytes INTEGER NOT NULL,
    code_revision TEXT NOT NULL,     -- names the folder under DIR/<sandbox>/functions/.layers/
    created_ms INTEGER NOT NULL,
    PRIMARY KEY(account, region, name, version)
) WITHOUT ROWID;
CREATE INDEX layer_version_by_code ON layer_version(code_revision);
-- What a function's layers come to; '' for the folder when it has none.
ALTER TABLE function ADD COLUMN unzipped_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE function ADD COLUMN layer_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE function ADD COLUMN layer_folder TEXT NOT NULL DEFAULT '';
CREATE INDEX function_by_layer_folder ON function(layer_folder);
