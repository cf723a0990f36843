//! What is asked for and is no row of one table: a part of one, or parts of several.

#![expect(missing_docs, reason = "the columns are explained with the tables, in the migrations")]

use hongbao_domain::{
    friend::Friend,
    group::Due,
    id::{GroupId, TransferId},
    ledger::Holding,
    money::Money,
    profile::Profile,
    red_packet::PacketRef,
    session::SessionDigest,
    time::Timestamp,
    user::{User, UserOverview, UserStatus},
};
use hongbao_ports::query::{CachedProfile, ClaimRef, ListedSession, ListedUser};

use super::{
    people::UserRow,
    text::{amount, parse, scale, version},
    unreadable::Unreadable,
};

/// A user without a profile.
#[derive(Debug)]
pub struct StatusRow {
    pub id: String,
    pub is_active: bool,
    pub takes_friend_requests: bool,
}

impl TryFrom<StatusRow> for ListedUser {
    type Error = Unreadable;

    fn try_from(row: StatusRow) -> Result<Self, Unreadable> {
        let StatusRow { id, is_active, takes_friend_requests } = row;
        Ok(Self { id: parse(&id, "a user id")?, status: UserStatus { is_active, takes_friend_requests } })
    }
}

/// A user, and how much there is beside.
#[derive(Debug)]
pub struct UserOverviewRow {
    pub id: String,
    pub is_active: bool,
    pub takes_friend_requests: bool,
    pub name: String,
    pub portrait_uri: String,
    pub session_count: i64,
    pub friend_count: i64,
}

impl TryFrom<UserOverviewRow> for UserOverview {
    type Error = Unreadable;

    fn try_from(row: UserOverviewRow) -> Result<Self, Unreadable> {
        let UserOverviewRow { id, is_active, takes_friend_requests, name, portrait_uri, session_count, friend_count } =
            row;
        let user = User::try_from(UserRow { id, is_active, takes_friend_requests, name, portrait_uri })?;
        Ok(Self { user, session_count: version(session_count)?, friend_count: version(friend_count)? })
    }
}

/// A session without its key.
#[derive(Debug)]
pub struct SessionTimesRow {
    pub key_sha256: Vec<u8>,
    pub created_at: i64,
    pub expires_at: i64,
}

impl TryFrom<SessionTimesRow> for ListedSession {
    type Error = Unreadable;

    fn try_from(row: SessionTimesRow) -> Result<Self, Unreadable> {
        Ok(Self {
            digest: SessionDigest(row.key_sha256.try_into().map_err(|_| Unreadable("the digest of a session"))?),
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: Timestamp::from_micros(row.expires_at),
        })
    }
}

/// A friend as one of the two sees the other.
#[derive(Debug)]
pub struct FriendRow {
    pub id: String,
    pub name: String,
    pub portrait_uri: String,
    pub since: i64,
}

impl TryFrom<FriendRow> for Friend {
    type Error = Unreadable;

    fn try_from(row: FriendRow) -> Result<Self, Unreadable> {
        let profile = profile(&row.id, &row.name, &row.portrait_uri)?;
        Ok(Self { profile, since: Timestamp::from_micros(row.since) })
    }
}

/// A user's profile, and what is known of the user at an app of the IM cloud.
#[derive(Debug)]
pub struct CachedProfileRow {
    pub id: String,
    pub name: String,
    pub portrait_uri: String,
    pub registered_at: Option<i64>,
    pub is_stale: bool,
    pub version: i64,
}

impl TryFrom<CachedProfileRow> for CachedProfile {
    type Error = Unreadable;

    fn try_from(row: CachedProfileRow) -> Result<Self, Unreadable> {
        Ok(Self {
            profile: profile(&row.id, &row.name, &row.portrait_uri)?,
            is_registered: row.registered_at.is_some(),
            is_stale: row.is_stale,
            version: version(row.version)?,
        })
    }
}

fn profile(id: &str, name: &str, portrait_uri: &str) -> Result<Profile, Unreadable> {
    Ok(Profile {
        user: parse(id, "a user id")?,
        name: parse(name, "a name")?,
        portrait_uri: parse(portrait_uri, "the address of a portrait")?,
    })
}

/// An account as its user sees it.
#[derive(Debug)]
pub struct HoldingRow {
    pub coin_id: String,
    pub balance: i128,
    pub held: i128,
    pub scale: i64,
}

impl TryFrom<HoldingRow> for Holding {
    type Error = Unreadable;

    fn try_from(row: HoldingRow) -> Result<Self, Unreadable> {
        let (coin, scale) = (parse(&row.coin_id, "a coin id")?, scale(row.scale)?);
        Ok(Self { balance: Money { coin, scale, amount: amount(row.balance)? }, held: amount(row.held)? })
    }
}

/// A packet's name, sender and coin.
#[derive(Debug)]
pub struct PacketRefRow {
    pub id: u128,
    pub sender_id: String,
    pub coin_id: String,
}

impl TryFrom<PacketRefRow> for PacketRef {
    type Error = Unreadable;

    fn try_from(row: PacketRefRow) -> Result<Self, Unreadable> {
        let (sender, coin) = (parse(&row.sender_id, "a user id")?, parse(&row.coin_id, "a coin id")?);
        Ok(Self { id: TransferId::from_u128(row.id), sender, coin })
    }
}

/// A claim's taker and version, with what its packet is named by.
#[derive(Debug)]
pub struct ClaimRefRow {
    pub id: u128,
    pub sender_id: String,
    pub coin_id: String,
    pub taker_id: String,
    pub version: i64,
}

impl TryFrom<ClaimRefRow> for ClaimRef {
    type Error = Unreadable;

    fn try_from(row: ClaimRefRow) -> Result<Self, Unreadable> {
        let ClaimRefRow { id, sender_id, coin_id, taker_id, version: fence } = row;
        let (taker, fence) = (parse(&taker_id, "a user id")?, version(fence)?);
        Ok(Self { packet: PacketRefRow { id, sender_id, coin_id }.try_into()?, taker, fence })
    }
}

/// A group, or a user's membership of it.
#[derive(Debug)]
pub struct DueRow {
    pub group_id: u128,
    pub user_id: Option<String>,
}

impl TryFrom<DueRow> for Due {
    type Error = Unreadable;

    fn try_from(row: DueRow) -> Result<Self, Unreadable> {
        let group = GroupId::from_u128(row.group_id);
        Ok(match row.user_id {
            None => Self::Group(group),
            Some(user) => Self::Membership(group, parse(&user, "a user id")?),
        })
    }
}

/// Gives between which texts the ids lie that begin with `prefix` and come after `after`: at or behind the first, before the
/// second.
pub fn id_range(prefix: &str, after: Option<&str>) -> (String, String) {
    /// Lies before every character of an id.
    const BEFORE: char = '\u{1}';
    /// Lies behind every character of an id.
    const BEHIND: char = '\u{7f}';
    let after = after.map(|id| format!("{id}{BEFORE}")).unwrap_or_default();
    (after.max(prefix.to_owned()), format!("{prefix}{BEHIND}"))
}
