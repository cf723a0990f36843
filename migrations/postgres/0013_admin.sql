-- Tokens that administrators show over HTTP. Only the SHA-256 of a token is kept; scopes have a space between.
CREATE TABLE admin_tokens (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    digest BYTEA NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    version BIGINT NOT NULL CHECK (version >= 1)
);

-- What was asked for over HTTP with such a token: written before it is done, and ended with its answer. No row is ever deleted.
-- An operation under a key has the id that follows from token and key. Neither body nor answer has secrets in it.
CREATE TABLE admin_operations (
    id UUID PRIMARY KEY,
    token_id UUID NOT NULL,
    request_id TEXT NOT NULL,
    asked TEXT NOT NULL,
    body TEXT NOT NULL, -- JSON
    fingerprint BYTEA NOT NULL CHECK (octet_length(fingerprint) = 32),
    request_key TEXT CHECK (char_length(request_key) BETWEEN 1 AND 64),
    status BIGINT, -- of HTTP; NULL while it runs
    answer TEXT, -- JSON
    lease_until BIGINT,
    began_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    CHECK ((status IS NULL) = (answer IS NULL) AND (status IS NULL) = (lease_until IS NOT NULL))
);

CREATE INDEX admin_log ON admin_operations (began_at, id);
