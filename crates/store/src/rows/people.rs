//! Users, sessions, friendships, blocks, accounts at the IM cloud.

use hongbao_domain::{
    friend::{Block, Friendship},
    profile::{ImAccount, ImAccountKey, Profile, Registration},
    session::{Session, SessionDigest},
    time::Timestamp,
    user::{User, UserStatus},
};

use super::{
    row::row,
    text::{parse, stored, version},
    unreadable::Unreadable,
};

row! {
    /// A user.
    UserRow {
        id: String,
        is_active: bool,
        takes_friend_requests: bool,
        name: String,
        portrait_uri: String,
    }
}

impl TryFrom<UserRow> for User {
    type Error = Unreadable;

    fn try_from(row: UserRow) -> Result<Self, Unreadable> {
        let UserRow { id, is_active, takes_friend_requests, name, portrait_uri } = row;
        let profile = Profile {
            user: parse(&id, "a user id")?,
            name: parse(&name, "a name")?,
            portrait_uri: parse(&portrait_uri, "the address of a portrait")?,
        };
        Ok(Self { status: UserStatus { is_active, takes_friend_requests }, profile })
    }
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let User { status: UserStatus { is_active, takes_friend_requests }, profile } = user;
        Self {
            id: profile.user.to_string(),
            is_active: *is_active,
            takes_friend_requests: *takes_friend_requests,
            name: profile.name.to_string(),
            portrait_uri: profile.portrait_uri.to_string(),
        }
    }
}

row! {
    /// A session.
    SessionRow {
        key_sha256: Vec<u8>,
        user_id: String,
        created_at: i64,
        expires_at: i64,
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Unreadable;

    fn try_from(row: SessionRow) -> Result<Self, Unreadable> {
        let key = row.key_sha256.try_into().map_err(|_| Unreadable("a digest"))?;
        Ok(Self {
            key: SessionDigest(key),
            user: parse(&row.user_id, "a user id")?,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
        })
    }
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let Session { key, user, created_at, expires_at } = session;
        Self {
            key_sha256: key.0.to_vec(),
            user_id: user.to_string(),
            created_at: created_at.to_micros(),
            expires_at: expires_at.to_micros(),
        }
    }
}

row! {
    /// A friendship: both of its rows, for neither can be without the other. `user_id` is the smaller id.
    FriendshipRow {
        user_id: String,
        friend_id: String,
        since: i64,
        /// `since` of the row of `friend_id`.
        since_of_friend: i64,
    }
}

impl TryFrom<FriendshipRow> for Friendship {
    type Error = Unreadable;

    fn try_from(row: FriendshipRow) -> Result<Self, Unreadable> {
        let FriendshipRow { user_id, friend_id, since, since_of_friend } = row;
        let users = [parse(&user_id, "a user id")?, parse(&friend_id, "a user id")?];
        Ok(Self { users, since: [since, since_of_friend].map(Timestamp::from_micros) })
    }
}

impl From<&Friendship> for FriendshipRow {
    fn from(friendship: &Friendship) -> Self {
        let Friendship { users: [user, friend], since: [since, since_of_friend] } = friendship;
        Self {
            user_id: user.to_string(),
            friend_id: friend.to_string(),
            since: since.to_micros(),
            since_of_friend: since_of_friend.to_micros(),
        }
    }
}

row! {
    /// A user who does not want to be added by another.
    BlockRow {
        user_id: String,
        blocked_id: String,
    }
}

impl TryFrom<BlockRow> for Block {
    type Error = Unreadable;

    fn try_from(row: BlockRow) -> Result<Self, Unreadable> {
        Ok(Self { user: parse(&row.user_id, "a user id")?, blocked: parse(&row.blocked_id, "a user id")? })
    }
}

impl From<&Block> for BlockRow {
    fn from(block: &Block) -> Self {
        Self { user_id: block.user.to_string(), blocked_id: block.blocked.to_string() }
    }
}

row! {
    /// What is known of a user at an app of the IM cloud.
    ImAccountRow {
        app_key: String,
        user_id: String,
        token: Option<String>,
        secret_fingerprint: Option<Vec<u8>>,
        registered_at: Option<i64>,
        is_stale: bool,
        version: i64,
    }
}

impl TryFrom<ImAccountRow> for ImAccount {
    type Error = Unreadable;

    fn try_from(row: ImAccountRow) -> Result<Self, Unreadable> {
        let registration = match (row.token, row.secret_fingerprint, row.registered_at) {
            (None, None, None) => None,
            (Some(token), Some(fingerprint), Some(at)) => Some(Registration {
                token: parse(&token, "a token")?,
                secret_fingerprint: fingerprint.try_into().map_err(|_| Unreadable("a fingerprint"))?,
                at: Timestamp::from_micros(at),
            }),
            _ => return Err(Unreadable("half a registration")),
        };
        Ok(Self {
            key: ImAccountKey { app_key: row.app_key, user: parse(&row.user_id, "a user id")? },
            registration,
            is_stale: row.is_stale,
            version: version(row.version)?,
        })
    }
}

impl From<&ImAccount> for ImAccountRow {
    fn from(account: &ImAccount) -> Self {
        let ImAccount { key, registration, is_stale, version } = account;
        let registration = registration.as_ref();
        Self {
            app_key: key.app_key.clone(),
            user_id: key.user.to_string(),
            token: registration.map(|registration| registration.token.as_str().to_owned()),
            secret_fingerprint: registration.map(|registration| registration.secret_fingerprint.to_vec()),
            registered_at: registration.map(|registration| registration.at.to_micros()),
            is_stale: *is_stale,
            version: stored(*version),
        }
    }
}
