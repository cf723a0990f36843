-- The money. Every rule of the domain that SQL can say is said again here, as a second wall.
--
-- SQLite has no decimals, and its integers end at 9.2 ETH of wei. So an amount is exact text of fixed width: 28 digits,
-- which compare like the numbers; in the journal with a sign in front. Sums are made in Rust.

CREATE TABLE coins (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 25),
    scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 18),
    min_amount TEXT NOT NULL CHECK (length(min_amount) = 28 AND min_amount NOT GLOB '*[^0-9]*'),
    max_amount TEXT NOT NULL CHECK (length(max_amount) = 28 AND max_amount NOT GLOB '*[^0-9]*'),
    CHECK (min_amount > '0000000000000000000000000000' AND min_amount <= max_amount)
) STRICT;

-- The version counts the account's postings.
CREATE TABLE accounts (
    user_id TEXT NOT NULL CHECK (length(user_id) BETWEEN 1 AND 25),
    coin_id TEXT NOT NULL REFERENCES coins (id),
    balance TEXT NOT NULL CHECK (length(balance) = 28 AND balance NOT GLOB '*[^0-9]*'),
    version INTEGER NOT NULL CHECK (version >= 0),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, coin_id)
) STRICT, WITHOUT ROWID;

-- A packet is its own escrow: held is its balance, entries counts its postings.
CREATE TABLE packets (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    sender_id TEXT NOT NULL,
    coin_id TEXT NOT NULL REFERENCES coins (id),
    total TEXT NOT NULL CHECK (length(total) = 28 AND total NOT GLOB '*[^0-9]*'),
    held TEXT NOT NULL CHECK (length(held) = 28 AND held NOT GLOB '*[^0-9]*'),
    entries INTEGER NOT NULL CHECK (entries >= 1),
    remark TEXT NOT NULL CHECK (length(remark) <= 225),
    state TEXT NOT NULL CHECK (state IN ('sending', 'open', 'claimed', 'refunded', 'cancelled')),
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK (held <= total),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('claimed', 'refunded', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NOT NULL) = (held = '0000000000000000000000000000'))
) STRICT, WITHOUT ROWID;

-- For the clean-up, and for what a sender's packets hold.
CREATE INDEX packets_sending ON packets (lease_until) WHERE state = 'sending';
CREATE INDEX packets_open ON packets (expires_at) WHERE state = 'open';
CREATE INDEX packets_held ON packets (sender_id, coin_id, held) WHERE ended_at IS NULL;

CREATE TABLE shares (
    packet_id BLOB NOT NULL REFERENCES packets (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    amount TEXT NOT NULL CHECK (length(amount) = 28 AND amount NOT GLOB '*[^0-9]*'),
    receiver_id TEXT, -- the only user who may take it; NULL: whoever the packet is for
    taker_id TEXT,
    PRIMARY KEY (packet_id, number),
    CHECK (receiver_id IS NULL OR taker_id IS NULL OR receiver_id = taker_id)
) STRICT, WITHOUT ROWID;

-- At most one claim for each packet and user. A released one stays, so that its version, the fence, never starts over.
CREATE TABLE claims (
    packet_id BLOB NOT NULL REFERENCES packets (id),
    taker_id TEXT NOT NULL,
    share_number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claiming', 'claimed', 'released')),
    lease_until INTEGER,
    version INTEGER NOT NULL CHECK (version >= 1),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (packet_id, taker_id),
    CHECK ((state = 'claiming') = (lease_until IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX claims_one_for_each_share ON claims (packet_id, share_number) WHERE state <> 'released';
CREATE INDEX claims_claiming ON claims (lease_until) WHERE state = 'claiming';

-- Deposits and withdrawals stay for ever: a reference can never be used for another.
CREATE TABLE movements (
    reference TEXT NOT NULL PRIMARY KEY CHECK (length(reference) BETWEEN 1 AND 64),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    user_id TEXT NOT NULL,
    coin_id TEXT NOT NULL REFERENCES coins (id),
    amount TEXT NOT NULL CHECK (length(amount) = 28 AND amount NOT GLOB '*[^0-9]*'),
    moved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal. The key makes each holder's chain gapless and lets nothing be applied twice.
-- owner_id is a user, a packet (22 characters) or a movement's reference.
CREATE TABLE postings (
    holder TEXT NOT NULL CHECK (holder IN ('account', 'packet', 'movement')),
    owner_id TEXT NOT NULL,
    coin_id TEXT NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    command_id BLOB NOT NULL CHECK (length(command_id) = 16),
    cause TEXT NOT NULL CHECK (cause IN ('deposit', 'withdraw', 'reserve', 'cancel', 'claim', 'refund')),
    amount TEXT NOT NULL CHECK (length(amount) = 29 AND amount GLOB '[-+]*' AND substr(amount, 2) NOT GLOB '*[^0-9]*'),
    balance TEXT NOT NULL CHECK (length(balance) = 29 AND substr(balance, 2) NOT GLOB '*[^0-9]*'),
    posted_at INTEGER NOT NULL,
    PRIMARY KEY (holder, owner_id, coin_id, seq),
    CHECK (balance GLOB '+*' OR (holder = 'movement' AND balance GLOB '-*'))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER postings_are_never_changed BEFORE UPDATE ON postings
BEGIN
    SELECT RAISE(ABORT, 'postings are never changed');
END;

CREATE TRIGGER postings_are_never_deleted BEFORE DELETE ON postings
BEGIN
    SELECT RAISE(ABORT, 'postings are never deleted');
END;
