-- What we know of a user at an app of the IM cloud. Keyed by the app key, so that two apps never mix.
-- A token is good for one secret only; of the secret there is no more than a fingerprint.
-- The version counts what was done to our copy of the profile; stale says that the cloud may hold something else.

CREATE TABLE im_accounts (
    app_key TEXT NOT NULL CHECK (length(app_key) >= 1),
    user_id TEXT NOT NULL REFERENCES users (id),
    token TEXT,
    secret_fingerprint BLOB CHECK (length(secret_fingerprint) = 8),
    registered_at INTEGER,
    is_stale INTEGER NOT NULL CHECK (is_stale IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 0),
    PRIMARY KEY (app_key, user_id),
    CHECK ((token IS NULL) = (secret_fingerprint IS NULL)),
    CHECK ((token IS NULL) = (registered_at IS NULL))
) STRICT, WITHOUT ROWID;
