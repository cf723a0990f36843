-- The money. Every rule of the domain that SQL can say is said again here, as a second wall.
--
-- Amounts are minor units, exact, at most 28 digits. The upper bound of each CHECK also shuts out NaN, which PostgreSQL
-- holds to be greater than every number.
--
-- There are no foreign keys: an insert would share-lock its parent, and coins and packets are as hot as rows can be. The
-- audit covers what they would. Each primary key begins with what the table would be distributed by.

CREATE TABLE coins (
    id TEXT COLLATE "C" PRIMARY KEY CHECK (char_length(id) BETWEEN 1 AND 25),
    scale SMALLINT NOT NULL CHECK (scale BETWEEN 0 AND 18),
    min_amount NUMERIC(28, 0) NOT NULL CHECK (min_amount BETWEEN 1 AND 9999999999999999999999999999),
    max_amount NUMERIC(28, 0) NOT NULL CHECK (max_amount BETWEEN 1 AND 9999999999999999999999999999),
    CHECK (min_amount <= max_amount)
);

-- The version counts the account's postings. Room is left on each page, so that an update stays there and touches no
-- index.
CREATE TABLE accounts (
    user_id TEXT COLLATE "C" NOT NULL CHECK (char_length(user_id) BETWEEN 1 AND 25),
    coin_id TEXT COLLATE "C" NOT NULL,
    balance NUMERIC(28, 0) NOT NULL CHECK (balance BETWEEN 0 AND 9999999999999999999999999999),
    version BIGINT NOT NULL CHECK (version >= 0),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, coin_id)
) WITH (fillfactor = 50);

-- A packet is its own escrow: held is its balance, entries counts its postings.
CREATE TABLE packets (
    id UUID PRIMARY KEY,
    sender_id TEXT COLLATE "C" NOT NULL,
    coin_id TEXT COLLATE "C" NOT NULL,
    total NUMERIC(28, 0) NOT NULL CHECK (total BETWEEN 1 AND 9999999999999999999999999999),
    held NUMERIC(28, 0) NOT NULL CHECK (held BETWEEN 0 AND 9999999999999999999999999999),
    entries BIGINT NOT NULL CHECK (entries >= 1),
    remark TEXT NOT NULL CHECK (char_length(remark) <= 225),
    state TEXT NOT NULL CHECK (state IN ('sending', 'open', 'claimed', 'refunded', 'cancelled')),
    lease_until BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    CHECK (held <= total),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('claimed', 'refunded', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NOT NULL) = (held = 0))
) WITH (fillfactor = 80);

-- For the clean-up, and for what a sender's packets hold. Ended packets are in none of them.
CREATE INDEX packets_sending ON packets (lease_until) WHERE state = 'sending';
CREATE INDEX packets_open ON packets (expires_at) WHERE state = 'open';
CREATE INDEX packets_held ON packets (sender_id) WHERE ended_at IS NULL;

CREATE TABLE shares (
    packet_id UUID NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    amount NUMERIC(28, 0) NOT NULL CHECK (amount BETWEEN 1 AND 9999999999999999999999999999),
    receiver_id TEXT COLLATE "C", -- the only user who may take it; NULL: whoever the packet is for
    taker_id TEXT COLLATE "C",
    PRIMARY KEY (packet_id, number),
    CHECK (receiver_id IS NULL OR taker_id IS NULL OR receiver_id = taker_id)
);

-- At most one claim for each packet and user. A released one stays, so that its version, the fence, never starts over.
CREATE TABLE claims (
    packet_id UUID NOT NULL,
    taker_id TEXT COLLATE "C" NOT NULL,
    share_number INTEGER NOT NULL CHECK (share_number >= 1),
    state TEXT NOT NULL CHECK (state IN ('claiming', 'claimed', 'released')),
    lease_until BIGINT,
    version BIGINT NOT NULL CHECK (version >= 1),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (packet_id, taker_id),
    CHECK ((state = 'claiming') = (lease_until IS NOT NULL))
);

CREATE UNIQUE INDEX claims_one_for_each_share ON claims (packet_id, share_number) WHERE state <> 'released';
CREATE INDEX claims_claiming ON claims (lease_until) WHERE state = 'claiming';

-- Deposits and withdrawals stay for ever: a reference can never be used for another.
CREATE TABLE movements (
    reference TEXT COLLATE "C" PRIMARY KEY CHECK (char_length(reference) BETWEEN 1 AND 64),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    user_id TEXT COLLATE "C" NOT NULL,
    coin_id TEXT COLLATE "C" NOT NULL,
    amount NUMERIC(28, 0) NOT NULL CHECK (amount BETWEEN 1 AND 9999999999999999999999999999),
    moved_at BIGINT NOT NULL
);

-- The journal. The key makes each holder's chain gapless and lets nothing be applied twice.
-- owner_id is a user, a packet (22 characters) or a movement's reference.
CREATE TABLE postings (
    owner_id TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL CHECK (holder IN ('account', 'packet', 'movement')),
    coin_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 1),
    command_id UUID NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('deposit', 'withdraw', 'reserve', 'cancel', 'claim', 'refund')),
    amount NUMERIC(28, 0) NOT NULL
        CHECK (amount BETWEEN -9999999999999999999999999999 AND 9999999999999999999999999999 AND amount <> 0),
    balance NUMERIC(28, 0) NOT NULL
        CHECK (balance BETWEEN -9999999999999999999999999999 AND 9999999999999999999999999999),
    posted_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, holder, coin_id, seq),
    CHECK (balance >= 0 OR holder = 'movement')
);
