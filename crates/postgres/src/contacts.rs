//! Friends and blocks.

use async_trait::async_trait;
use hongbao_domain::{
    friend::{AddFriendRefusal, Candidate, Friend, check_candidate, check_room},
    id::UserId,
    profile::Profile,
    time::Timestamp,
};
use hongbao_ports::{BlockRefusal, Contacts, Failure, Fault};
use sqlx::PgConnection;

use crate::{PostgresStore, fault, row, transaction::Tx};

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
impl Contacts for PostgresStore {
    async fn add_friend(&self, user: UserId, other: UserId, max: u32) -> Result<Friend, Failure<AddFriendRefusal>> {
        self.step(move |tx| Box::pin(add_friend(tx, user, other, max))).await
    }

    async fn friends(&self, user: UserId, limit: u32) -> Result<Vec<Friend>, Fault> {
        let rows = self.read(|mut tx| {
            Box::pin(async move {
                let rows = sqlx::query_as!(
                    FriendRow,
                    "SELECT u.id, u.name, u.portrait_uri, f.since
                    FROM friendships AS f
                    JOIN users AS u ON u.id = f.friend_id
                    WHERE f.user_id = $1
                    ORDER BY f.since DESC, f.friend_id
                    LIMIT $2",
                    user.as_str(),
                    i64::from(limit)
                );
                rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the friends"))
            })
        });
        rows.await?.into_iter().map(|row| Friend::try_from(row).map_err(Fault::from)).collect()
    }

    async fn set_block(&self, user: UserId, other: UserId, blocked: bool) -> Result<(), Failure<BlockRefusal>> {
        self.step(move |tx| Box::pin(set_block(tx, user, other, blocked))).await
    }

    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault> {
        let found = self.read(|mut tx| {
            Box::pin(async move {
                sqlx::query_scalar!(
                    "SELECT blocked_id FROM blocks WHERE user_id = $1 ORDER BY blocked_id",
                    user.as_str()
                )
                .fetch_all(&mut *tx)
                .await
                .map_err(|error| fault::of(error, "cannot read the blocks"))
            })
        });
        found.await?.iter().map(|id| row::id(id, "a user id").map_err(Fault::from)).collect()
    }
}

async fn add_friend(
    mut tx: Tx<'_, '_>,
    user: UserId,
    other: UserId,
    max: u32,
) -> Result<Friend, Failure<AddFriendRefusal>> {
    lock(&mut tx, &[user, other]).await?;
    let loaded = load(&mut tx, user, other).await?;
    let candidate = loaded.as_ref().map(|(candidate, _)| *candidate);
    check_candidate(user, other, candidate).map_err(Failure::Refused)?;
    check_room(most_friends(&mut tx, user, other, max).await?, max).map_err(Failure::Refused)?;
    let Some((_, profile)) = loaded else { return Err(Failure::Refused(AddFriendRefusal::UserNotFound)) };
    let since = tx.now().await?;
    befriend(&mut tx, user, other, since).await?;
    Ok(Friend { profile, since })
}

async fn set_block(
    mut tx: Tx<'_, '_>,
    user: UserId,
    other: UserId,
    blocked: bool,
) -> Result<(), Failure<BlockRefusal>> {
    let known = lock(&mut tx, &[user, other]).await?;
    if [user, other].iter().any(|user| !known.contains(user)) {
        return Err(Failure::Refused(BlockRefusal::UserNotFound));
    }
    Ok(write_block(&mut tx, user, other, blocked).await?)
}

/// Sets or lifts a block between two users who exist.
pub(crate) async fn write_block(
    tx: &mut PgConnection,
    user: UserId,
    other: UserId,
    blocked: bool,
) -> Result<(), Fault> {
    let (user, other) = (user.as_str(), other.as_str());
    let written = if blocked {
        sqlx::query!("INSERT INTO blocks (user_id, blocked_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", user, other)
            .execute(&mut *tx)
            .await
    } else {
        sqlx::query!("DELETE FROM blocks WHERE user_id = $1 AND blocked_id = $2", user, other).execute(&mut *tx).await
    };
    written.map_err(|error| fault::of(error, "cannot store the block"))?;
    Ok(())
}

/// Locks users' rows, always in the same order, and says which of them exist. What concerns several users is decided
/// under the locks of all.
pub(crate) async fn lock(tx: &mut PgConnection, users: &[UserId]) -> Result<Vec<UserId>, Fault> {
    let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
    let found = sqlx::query_scalar!("SELECT id FROM users WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", &ids)
        .fetch_all(&mut *tx)
        .await
        .map_err(|error| fault::of(error, "cannot look up the users"))?;
    found.iter().map(|id| row::id(id, "a user id").map_err(Fault::from)).collect()
}

/// Loads what the rule asks about `other`, and how `other` shows.
async fn load(tx: &mut PgConnection, user: UserId, other: UserId) -> Result<Option<(Candidate, Profile)>, Fault> {
    let found = sqlx::query!(
        r#"SELECT u.name, u.portrait_uri, u.is_active, u.takes_friend_requests,
            EXISTS (SELECT FROM friendships AS f WHERE f.user_id = $1 AND f.friend_id = u.id) AS "is_friend!",
            EXISTS (SELECT FROM blocks AS b WHERE b.user_id = u.id AND b.blocked_id = $1) AS "has_blocked!"
        FROM users AS u
        WHERE u.id = $2"#,
        user.as_str(),
        other.as_str()
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

/// Counts the friends of the one of two users who has more of them, but no further than `max`. Both users are locked, so
/// that nobody adds a friend to either meanwhile.
async fn most_friends(tx: &mut PgConnection, user: UserId, other: UserId, max: u32) -> Result<u64, Fault> {
    let most = sqlx::query_scalar!(
        r#"SELECT greatest(
            (SELECT count(*) FROM (SELECT FROM friendships WHERE user_id = $1 LIMIT $3) AS mine),
            (SELECT count(*) FROM (SELECT FROM friendships WHERE user_id = $2 LIMIT $3) AS theirs)
        ) AS "most!""#,
        user.as_str(),
        other.as_str(),
        i64::from(max)
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot count the friends"))?;
    Ok(row::version(most)?)
}

/// Stores both directions by one statement.
async fn befriend(tx: &mut PgConnection, user: UserId, other: UserId, since: Timestamp) -> Result<(), Fault> {
    sqlx::query!(
        "INSERT INTO friendships (user_id, friend_id, since) VALUES ($1, $2, $3), ($2, $1, $3)",
        user.as_str(),
        other.as_str(),
        since.to_micros()
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot store the friendship"))?;
    Ok(())
}
