-- What is needed to tell afterwards what happened.

-- One row for every attempt at a batch, written by the batch itself, or a tombstone by whoever had to ask.
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    begun_at INTEGER NOT NULL
) STRICT;

-- Requests that a caller may repeat under a key, recorded with the command that did what they asked for.
CREATE TABLE requests (
    user_id TEXT NOT NULL,
    method TEXT NOT NULL,
    request_key TEXT NOT NULL CHECK (length(request_key) BETWEEN 1 AND 64),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    status INTEGER, -- NULL while the request is running
    outcome TEXT,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, method, request_key),
    CHECK ((status IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;
