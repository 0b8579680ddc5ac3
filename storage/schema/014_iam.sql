-- IAM: roles, users and instance profiles of an account; its own managed policies; the keys of users.
CREATE TABLE iam_entity(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    kind INTEGER NOT NULL,           -- storage/iam_entity_store.h
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    unique_id TEXT NOT NULL,         -- AROA..., AIDA..., AIPA...
    description TEXT NOT NULL,       -- '' for none
    trust_policy TEXT NOT NULL,      -- of a role
    max_session_s INTEGER NOT NULL,  -- of a role
    boundary TEXT NOT NULL,          -- ARN of a policy, '' for none
    role INTEGER NOT NULL,           -- of an instance profile: iam_entity.id, 0 for none
    tags TEXT NOT NULL,              -- JSON array of Key and Value, '' for none
    created_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX iam_entity_by_name ON iam_entity(account, kind, name COLLATE NOCASE);
CREATE INDEX iam_entity_by_role ON iam_entity(role) WHERE role > 0;
CREATE INDEX iam_entity_by_boundary ON iam_entity(account, boundary) WHERE boundary <> '';
CREATE TABLE iam_inline_policy(
    entity INTEGER NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY(entity, name)
) WITHOUT ROWID;
CREATE TABLE iam_attachment(
    entity INTEGER NOT NULL,
    policy_arn TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY(entity, policy_arn)
) WITHOUT ROWID;
CREATE INDEX iam_attachment_by_policy ON iam_attachment(account, policy_arn);
CREATE TABLE iam_policy(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    unique_id TEXT NOT NULL,         -- ANPA...
    description TEXT NOT NULL,
    tags TEXT NOT NULL,
    default_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,   -- numbers are not used again
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX iam_policy_by_name ON iam_policy(account, name COLLATE NOCASE);
CREATE TABLE iam_policy_version(
    policy INTEGER NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY(policy, version)
) WITHOUT ROWID;
CREATE TABLE iam_access_key(
    access_key TEXT PRIMARY KEY,     -- AKIA...
    entity INTEGER NOT NULL,         -- the user
    secret TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX iam_access_key_by_user ON iam_access_key(entity);
-- STS: credentials that end by themselves.
CREATE TABLE sts_session(
    access_key TEXT PRIMARY KEY,     -- ASIA...
    account TEXT NOT NULL,
    arn TEXT NOT NULL,               -- who they are
    user_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    token TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    policy TEXT NOT NULL,            -- session policy, '' for none
    policy_arns TEXT NOT NULL,       -- JSON array, '' for none
    tags TEXT NOT NULL,              -- JSON array of Key, Value and IsTransitive, '' for none
    source_identity TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sts_session_by_expiry ON sts_session(expires_ms);
