-- Groups and who is in them. A row is never deleted: a group's id is never used twice, and a membership's version, the
-- fence, never starts over.
--
-- checks_left and next_check_at are an appointment with the IM cloud: that often in a row it must still agree. While a
-- check is held, next_check_at is the end of its lease.

CREATE TABLE groups (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255),
    memo TEXT NOT NULL CHECK (char_length(memo) <= 255),
    owner_id TEXT COLLATE "C" NOT NULL CHECK (char_length(owner_id) BETWEEN 1 AND 25),
    state TEXT NOT NULL CHECK (state IN ('preparing', 'active', 'discarded')),
    lease_until BIGINT,
    checks_left SMALLINT CHECK (checks_left BETWEEN 1 AND 2),
    next_check_at BIGINT,
    is_held BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    CHECK ((state = 'preparing') = (lease_until IS NOT NULL)),
    CHECK ((checks_left IS NULL) = (next_check_at IS NULL)),
    CHECK (checks_left IS NULL OR state = 'discarded'),
    CHECK (checks_left IS NOT NULL OR NOT is_held)
);

-- No foreign key: every join of a busy group would share-lock the group's row.
CREATE TABLE memberships (
    group_id UUID NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL CHECK (char_length(user_id) BETWEEN 1 AND 25),
    state TEXT NOT NULL CHECK (state IN ('joining', 'member', 'leaving', 'gone')),
    lease_until BIGINT,
    after_undo BOOLEAN NOT NULL DEFAULT FALSE,
    joined BIGINT, -- the fence of the join that made the member; 0 for the creator
    checks_left SMALLINT CHECK (checks_left BETWEEN 1 AND 2),
    next_check_at BIGINT,
    is_held BOOLEAN NOT NULL DEFAULT FALSE,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    PRIMARY KEY (group_id, user_id),
    CHECK ((state = 'joining') = (lease_until IS NOT NULL)),
    CHECK (state = 'joining' OR NOT after_undo),
    CHECK ((state = 'member') = (joined IS NOT NULL)),
    CHECK (joined IS NULL OR joined < version),
    CHECK ((checks_left IS NULL) = (next_check_at IS NULL)),
    CHECK (state <> 'leaving' OR checks_left IS NOT NULL),
    CHECK (checks_left IS NULL OR state IN ('leaving', 'member')),
    CHECK (checks_left IS NOT NULL OR NOT is_held)
);

CREATE INDEX memberships_members ON memberships (group_id) WHERE state = 'member';

-- For the reconciler.
CREATE INDEX groups_preparing ON groups (lease_until) WHERE state = 'preparing';
CREATE INDEX groups_to_check ON groups (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX memberships_joining ON memberships (lease_until) WHERE state = 'joining';
CREATE INDEX memberships_to_check ON memberships (next_check_at) WHERE next_check_at IS NOT NULL;
