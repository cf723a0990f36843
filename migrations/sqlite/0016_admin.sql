-- Tokens that administrators show over HTTP. Only the SHA-256 of a token is kept; scopes have a space between.
CREATE TABLE admin_tokens (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER,
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- What was asked for over HTTP with such a token: written before it is done, and ended with its answer. No row is ever deleted.
-- An operation under a key has the id that follows from token and key. Neither body nor answer has secrets in it.
CREATE TABLE admin_operations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    token_id BLOB NOT NULL CHECK (length(token_id) = 16),
    request_id TEXT NOT NULL,
    asked TEXT NOT NULL,
    body TEXT NOT NULL, -- JSON
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    request_key TEXT CHECK (length(request_key) BETWEEN 1 AND 64),
    status INTEGER, -- of HTTP; NULL while it runs
    answer TEXT, -- JSON
    lease_until INTEGER,
    began_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((status IS NULL) = (answer IS NULL) AND (status IS NULL) = (lease_until IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX admin_log ON admin_operations (began_at, id);
