-- A request is written twice within moments: when it begins, and how it ended. Rows lie in the order in which they come, so that
-- both writes of many requests share their pages; by name only a small index is written, once.
CREATE TABLE requests_in_order (
    user_id TEXT NOT NULL,
    method TEXT NOT NULL,
    request_key TEXT NOT NULL CHECK (length(request_key) BETWEEN 1 AND 64),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    status INTEGER, -- NULL while the request is running
    outcome TEXT,
    recorded_at INTEGER NOT NULL,
    work TEXT,
    lease_until INTEGER,
    PRIMARY KEY (user_id, method, request_key),
    CHECK ((status IS NULL) = (outcome IS NULL)),
    CHECK ((status IS NULL) = (work IS NOT NULL) AND (status IS NULL) = (lease_until IS NOT NULL))
) STRICT;

INSERT INTO requests_in_order
    (user_id, method, request_key, fingerprint, status, outcome, recorded_at, work, lease_until)
SELECT user_id, method, request_key, fingerprint, status, outcome, recorded_at, work, lease_until
FROM requests
ORDER BY recorded_at;

DROP TABLE requests;
ALTER TABLE requests_in_order RENAME TO requests;

CREATE INDEX requests_recorded_at ON requests (recorded_at);
