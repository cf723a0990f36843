-- What is needed to tell afterwards what happened.

-- One row for every attempt at a transaction that changes something, written by the transaction itself, or a tombstone by
-- whoever had to ask: whichever is there first keeps the other out. Attempts that are days old are forgotten.
CREATE TABLE attempts (
    id UUID PRIMARY KEY,
    is_tombstone BOOLEAN NOT NULL,
    begun_at BIGINT NOT NULL
);

CREATE INDEX attempts_begun_at ON attempts (begun_at);

-- Requests that a caller may repeat under a key, recorded with the command that did what they asked for.
CREATE TABLE requests (
    user_id TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    request_key TEXT COLLATE "C" NOT NULL CHECK (char_length(request_key) BETWEEN 1 AND 64),
    fingerprint BYTEA NOT NULL CHECK (octet_length(fingerprint) = 32),
    status SMALLINT, -- NULL while the request is running
    outcome TEXT,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, method, request_key),
    CHECK ((status IS NULL) = (outcome IS NULL))
);
