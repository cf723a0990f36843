-- What the outside is told, written with the change that it tells of: notices over the IM cloud, and deliveries to endpoints
-- of the app's backend.
--
-- While a delivery waits, due_at is when it is to be tried; while it is sent, the end of the lease. A notice that was taken is
-- deleted; a delivery to an endpoint is kept for a while.

CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    target TEXT COLLATE "C" NOT NULL CHECK (target = 'notice' OR char_length(target) = 22), -- else an endpoint's id, as base62
    kind TEXT COLLATE "C" NOT NULL,
    event TEXT NOT NULL, -- JSON
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'sending', 'delivered', 'parked')),
    due_at BIGINT,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    error TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    CHECK ((state IN ('waiting', 'sending')) = (due_at IS NOT NULL))
);

CREATE INDEX outbox_due ON outbox (target, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (state, changed_at);
CREATE INDEX outbox_log ON outbox (target, created_at);

-- events are kinds, with a space between. The secrets sign; they are not hashed, for both sides need them as they are.
CREATE TABLE webhook_endpoints (
    id UUID PRIMARY KEY,
    url TEXT NOT NULL CHECK (char_length(url) BETWEEN 1 AND 2048),
    events TEXT NOT NULL,
    secret BYTEA NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    former_secret BYTEA CHECK (length(former_secret) BETWEEN 24 AND 64),
    former_until BIGINT,
    is_enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    CHECK ((former_secret IS NULL) = (former_until IS NULL))
);
