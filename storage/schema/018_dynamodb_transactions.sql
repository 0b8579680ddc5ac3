-- Tokens of DynamoDB's write transactions, for ten minutes; rowids are in the order of time.
CREATE TABLE dynamodb_transaction(
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    token BLOB NOT NULL,
    digest BLOB NOT NULL,                 -- of the request it was used for
    used_ms INTEGER NOT NULL,
    UNIQUE(account, region, token)
);
