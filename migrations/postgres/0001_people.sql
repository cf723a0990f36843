-- Who exists, how they show themselves, and who is logged in.
-- Times are microseconds since 1970 (UTC) everywhere; `to_timestamp(t / 1e6)` shows one.
-- Ids are ASCII and compared byte by byte, as the program does: hence the collation.

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY CHECK (char_length(id) BETWEEN 1 AND 25),
    is_active BOOLEAN NOT NULL,
    takes_friend_requests BOOLEAN NOT NULL,
    name TEXT NOT NULL DEFAULT '' CHECK (char_length(name) <= 255),
    portrait_uri TEXT NOT NULL DEFAULT '' CHECK (char_length(portrait_uri) <= 255)
);

-- The key itself is never stored: a stolen database logs nobody in.
CREATE TABLE sessions (
    key_sha256 BYTEA PRIMARY KEY CHECK (octet_length(key_sha256) = 32),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_of_user ON sessions (user_id);

-- What kind of deployment this store belongs to. One row, written once: demo data and real data never mix.
CREATE TABLE deployment (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    kind TEXT NOT NULL CHECK (kind IN ('demo', 'real'))
);
