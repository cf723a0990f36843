-- Who exists and who is logged in.
-- Times are microseconds since 1970 (UTC) everywhere.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 25),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    takes_friend_requests INTEGER NOT NULL CHECK (takes_friend_requests IN (0, 1))
) STRICT;

-- The key itself is never stored: a stolen database logs nobody in.
CREATE TABLE sessions (
    key_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(key_sha256) = 32),
    user_id TEXT NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What kind of deployment this store belongs to. One row, written once: demo data and real data never mix.
CREATE TABLE deployment (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    kind TEXT NOT NULL CHECK (kind IN ('demo', 'real'))
) STRICT;
