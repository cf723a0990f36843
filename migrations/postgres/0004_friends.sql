-- Who knows whom. A friendship is two rows, so that each user's friends lie together; the second key lets neither be
-- without the other.

CREATE TABLE friendships (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    friend_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    since BIGINT NOT NULL,
    PRIMARY KEY (user_id, friend_id),
    FOREIGN KEY (friend_id, user_id) REFERENCES friendships (user_id, friend_id),
    CHECK (user_id <> friend_id)
);

-- One-way: user_id does not want to be added by blocked_id.
CREATE TABLE blocks (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    blocked_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    PRIMARY KEY (user_id, blocked_id)
);
