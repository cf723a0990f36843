//! Friends and blocks.

use async_trait::async_trait;
use hongbao_domain::{
    friend::{AddFriendRefusal, Candidate, Friend, check_candidate, check_room},
    id::UserId,
    profile::Profile,
    time::Timestamp,
};
use hongbao_ports::{BlockRefusal, Contacts, Failure, Fault};
use sqlx::SqliteConnection;

use crate::{SqliteStore, fault, lane::Lane, row, transaction::Tx};

/// One friend of a user.
struct FriendRow {
    id: String,
    name: String,
    portrait_uri: String,
    since: i64,
}

impl TryFrom<FriendRow> for Friend {
    type Error = fault::Unreadable;

    fn try_from(row: FriendRow) -> Result<Self, fault::Unreadable> {
        let profile = Profile {
            user: row::id(&row.id, "a user id")?,
            name: row::id(&row.name, "a name")?,
            portrait_uri: row::id(&row.portrait_uri, "a portrait")?,
        };
        Ok(Self { profile, since: Timestamp::from_micros(row.since) })
    }
}

#[async_trait]
impl Contacts for SqliteStore {
    async fn add_friend(&self, user: UserId, other: UserId, max: u32) -> Result<Friend, Failure<AddFriendRefusal>> {
        self.step(Lane::Request, move |tx| Box::pin(add_friend(tx, user, other, max))).await
    }

    async fn friends(&self, user: UserId, limit: u32) -> Result<Vec<Friend>, Fault> {
        let user = user.as_str();
        let rows = sqlx::query_as!(
            FriendRow,
            "SELECT u.id, u.name, u.portrait_uri, f.since
            FROM friendships AS f
            JOIN users AS u ON u.id = f.friend_id
            WHERE f.user_id = ?1
            ORDER BY f.since DESC, f.friend_id
            LIMIT ?2",
            user,
            limit
        );
        let rows = rows.fetch_all(&self.readers).await.map_err(|error| fault::of(error, "cannot read the friends"))?;
        rows.into_iter().map(|row| Friend::try_from(row).map_err(Fault::from)).collect()
    }

    async fn set_block(&self, user: UserId, other: UserId, blocked: bool) -> Result<(), Failure<BlockRefusal>> {
        self.step(Lane::Request, move |tx| Box::pin(set_block(tx, user, other, blocked))).await
    }

    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault> {
        let user = user.as_str();
        let found = sqlx::query_scalar!("SELECT blocked_id FROM blocks WHERE user_id = ?1 ORDER BY blocked_id", user)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| fault::of(error, "cannot read the blocks"))?;
        found.iter().map(|id| row::id(id, "a user id").map_err(Fault::from)).collect()
    }
}

async fn add_friend(
    mut tx: Tx<'_, '_>,
    user: UserId,
    other: UserId,
    max: u32,
) -> Result<Friend, Failure<AddFriendRefusal>> {
    let loaded = load(&mut tx, user, other).await?;
    let candidate = loaded.as_ref().map(|(candidate, _)| *candidate);
    check_candidate(user, other, candidate).map_err(Failure::Refused)?;
    check_room(most_friends(&mut tx, user, other, max).await?, max).map_err(Failure::Refused)?;
    let Some((_, profile)) = loaded else { return Err(Failure::Refused(AddFriendRefusal::UserNotFound)) };
    let since = tx.now();
    befriend(&mut tx, user, other, since).await?;
    Ok(Friend { profile, since })
}

async fn set_block(
    mut tx: Tx<'_, '_>,
    user: UserId,
    other: UserId,
    blocked: bool,
) -> Result<(), Failure<BlockRefusal>> {
    let (id, other_id) = (user.as_str(), other.as_str());
    let known = sqlx::query_scalar!("SELECT id FROM users WHERE id IN (?1, ?2)", id, other_id);
    let known = known.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot look up the users"))?;
    if [id, other_id].iter().any(|id| !known.iter().any(|known| known == id)) {
        return Err(Failure::Refused(BlockRefusal::UserNotFound));
    }
    Ok(write_block(&mut tx, user, other, blocked).await?)
}

/// Sets or lifts a block between two users who exist.
pub(crate) async fn write_block(
    tx: &mut SqliteConnection,
    user: UserId,
    other: UserId,
    blocked: bool,
) -> Result<(), Fault> {
    let (user, other) = (user.as_str(), other.as_str());
    let written = if blocked {
        sqlx::query!("INSERT INTO blocks (user_id, blocked_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING", user, other)
            .execute(&mut *tx)
            .await
    } else {
        sqlx::query!("DELETE FROM blocks WHERE user_id = ?1 AND blocked_id = ?2", user, other).execute(&mut *tx).await
    };
    written.map_err(|error| fault::of(error, "cannot store the block"))?;
    Ok(())
}

/// Loads what the rule asks about `other`, and how `other` shows.
async fn load(tx: &mut SqliteConnection, user: UserId, other: UserId) -> Result<Option<(Candidate, Profile)>, Fault> {
    let (caller, candidate) = (user.as_str(), other.as_str());
    let found = sqlx::query!(
        r#"SELECT u.name, u.portrait_uri, u.is_active AS "is_active: bool",
            u.takes_friend_requests AS "takes_friend_requests: bool",
            EXISTS (SELECT * FROM friendships AS f WHERE f.user_id = ?1 AND f.friend_id = u.id) AS "is_friend!: bool",
            EXISTS (SELECT * FROM blocks AS b WHERE b.user_id = u.id AND b.blocked_id = ?1) AS "has_blocked!: bool"
        FROM users AS u
        WHERE u.id = ?2"#,
        caller,
        candidate
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot look up whom to add"))?;
    let Some(found) = found else { return Ok(None) };
    let candidate = Candidate {
        is_friend: found.is_friend,
        is_active: found.is_active,
        takes_friend_requests: found.takes_friend_requests,
        has_blocked: found.has_blocked,
    };
    let (name, portrait_uri) = (row::id(&found.name, "a name")?, row::id(&found.portrait_uri, "a portrait")?);
    Ok(Some((candidate, Profile { user: other, name, portrait_uri })))
}

/// Counts the friends of the one of two users who has more of them, but no further than `max`.
async fn most_friends(tx: &mut SqliteConnection, user: UserId, other: UserId, max: u32) -> Result<u64, Fault> {
    let (user, other) = (user.as_str(), other.as_str());
    let most = sqlx::query_scalar!(
        r#"SELECT max(
            (SELECT count(*) FROM (SELECT 1 FROM friendships WHERE user_id = ?1 LIMIT ?3)),
            (SELECT count(*) FROM (SELECT 1 FROM friendships WHERE user_id = ?2 LIMIT ?3))
        ) AS "most!: i64""#,
        user,
        other,
        max
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot count the friends"))?;
    Ok(row::version(most)?)
}

/// Stores both directions by one statement.
async fn befriend(tx: &mut SqliteConnection, user: UserId, other: UserId, since: Timestamp) -> Result<(), Fault> {
    let (user, other, since) = (user.as_str(), other.as_str(), since.to_micros());
    sqlx::query!(
        "INSERT INTO friendships (user_id, friend_id, since) VALUES (?1, ?2, ?3), (?2, ?1, ?3)",
        user,
        other,
        since
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot store the friendship"))?;
    Ok(())
}

#[cfg(test)]
mod tests;
