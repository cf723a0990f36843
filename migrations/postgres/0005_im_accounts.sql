-- What we know of a user at an app of the IM cloud. Keyed by the app key, so that two apps never mix; the user comes
-- first in the key, because that is what the table would be distributed by.
-- A token is good for one secret only; of the secret there is no more than a fingerprint.
-- The version counts what was done to our copy of the profile; stale says that the cloud may hold something else.

CREATE TABLE im_accounts (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    app_key TEXT COLLATE "C" NOT NULL CHECK (char_length(app_key) >= 1),
    token TEXT,
    secret_fingerprint BYTEA CHECK (octet_length(secret_fingerprint) = 8),
    registered_at BIGINT,
    is_stale BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 0),
    PRIMARY KEY (user_id, app_key),
    CHECK ((token IS NULL) = (secret_fingerprint IS NULL)),
    CHECK ((token IS NULL) = (registered_at IS NULL))
);
