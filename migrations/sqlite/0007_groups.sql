-- Groups and who is in them. A row is never deleted: a group's id is never used twice, and a membership's version, the
-- fence, never starts over.
--
-- checks_left and next_check_at are an appointment with the IM cloud: that often in a row it must still agree. While a
-- check is held, next_check_at is the end of its lease.

CREATE TABLE groups (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    memo TEXT NOT NULL CHECK (length(memo) <= 255),
    owner_id TEXT NOT NULL CHECK (length(owner_id) BETWEEN 1 AND 25),
    state TEXT NOT NULL CHECK (state IN ('preparing', 'active', 'discarded')),
    lease_until INTEGER,
    checks_left INTEGER CHECK (checks_left BETWEEN 1 AND 2),
    next_check_at INTEGER,
    is_held INTEGER NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((state = 'preparing') = (lease_until IS NOT NULL)),
    CHECK ((checks_left IS NULL) = (next_check_at IS NULL)),
    CHECK (checks_left IS NULL OR state = 'discarded'),
    CHECK (checks_left IS NOT NULL OR is_held = 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    group_id BLOB NOT NULL REFERENCES groups (id),
    user_id TEXT NOT NULL CHECK (length(user_id) BETWEEN 1 AND 25),
    state TEXT NOT NULL CHECK (state IN ('joining', 'member', 'leaving', 'gone')),
    lease_until INTEGER,
    after_undo INTEGER NOT NULL DEFAULT 0 CHECK (after_undo IN (0, 1)),
    joined INTEGER, -- the fence of the join that made the member; 0 for the creator
    checks_left INTEGER CHECK (checks_left BETWEEN 1 AND 2),
    next_check_at INTEGER,
    is_held INTEGER NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    PRIMARY KEY (group_id, user_id),
    CHECK ((state = 'joining') = (lease_until IS NOT NULL)),
    CHECK (state = 'joining' OR after_undo = 0),
    CHECK ((state = 'member') = (joined IS NOT NULL)),
    CHECK (joined IS NULL OR joined < version),
    CHECK ((checks_left IS NULL) = (next_check_at IS NULL)),
    CHECK (state <> 'leaving' OR checks_left IS NOT NULL),
    CHECK (checks_left IS NULL OR state IN ('leaving', 'member')),
    CHECK (checks_left IS NOT NULL OR is_held = 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_members ON memberships (group_id) WHERE state = 'member';

-- For the reconciler.
CREATE INDEX groups_preparing ON groups (lease_until) WHERE state = 'preparing';
CREATE INDEX groups_to_check ON groups (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX memberships_joining ON memberships (lease_until) WHERE state = 'joining';
CREATE INDEX memberships_to_check ON memberships (next_check_at) WHERE next_check_at IS NOT NULL;
