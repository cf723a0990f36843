-- What the outside is told, written with the change that it tells of: notices over the IM cloud, and deliveries to endpoints
-- of the app's backend.
--
-- While a delivery waits, due_at is when it is to be tried; while it is sent, the end of the lease. A notice that was taken is
-- deleted; a delivery to an endpoint is kept for a while.

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    target TEXT NOT NULL CHECK (target = 'notice' OR length(target) = 22), -- else an endpoint's id, as base62
    kind TEXT NOT NULL,
    event TEXT NOT NULL, -- JSON
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'delivered', 'parked')),
    due_at INTEGER,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    error TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((state IN ('waiting', 'sending')) = (due_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (target, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (state, changed_at);
CREATE INDEX outbox_log ON outbox (target, created_at);

-- events are kinds, with a space between. The secrets sign; they are not hashed, for both sides need them as they are.
CREATE TABLE webhook_endpoints (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    events TEXT NOT NULL,
    secret BLOB NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    former_secret BLOB CHECK (length(former_secret) BETWEEN 24 AND 64),
    former_until INTEGER,
    is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((former_secret IS NULL) = (former_until IS NULL))
) STRICT, WITHOUT ROWID;
