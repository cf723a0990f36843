//! Users and sessions.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    session::{RegisterRefusal, check_holder, check_key},
    time::Timestamp,
};
use hongbao_ports::{ChangeStandingRefusal, Failure, Fault, Session, Sessions, Standing, StandingChange, Users};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use crate::{
    SqliteStore, contacts, fault,
    lane::Lane,
    lookup, row,
    transaction::{Tx, never_refused},
};

fn digest(key: &SessionKey) -> Vec<u8> {
    Sha256::digest(key.as_str()).to_vec()
}

#[async_trait]
impl Sessions for SqliteStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        lookup::user_of(self, digest(key)).await
    }

    async fn register(
        &self,
        key: &SessionKey,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), Failure<RegisterRefusal>> {
        let key = digest(key);
        self.step(Lane::Request, |tx| Box::pin(register(tx, key.clone(), user, expires_at))).await
    }

    async fn revoke(&self, key: &SessionKey) -> Result<bool, Fault> {
        let key = digest(key);
        let ended = self.step(Lane::Request, |mut tx| {
            let key = key.clone();
            Box::pin(async move {
                let ended = sqlx::query!("DELETE FROM sessions WHERE key_sha256 = ?1", key).execute(&mut *tx).await;
                let ended = ended.map_err(|error| fault::of(error, "cannot end the session"))?;
                Ok(ended.rows_affected() > 0)
            })
        });
        ended.await.map_err(never_refused)
    }

    async fn revoke_all(&self, user: UserId) -> Result<u64, Fault> {
        let ended =
            self.step(Lane::Request, move |mut tx| Box::pin(async move { Ok(end_sessions(&mut tx, user).await?) }));
        ended.await.map_err(never_refused)
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, Fault> {
        let (user, now) = (user.as_str(), self.clock.now().to_micros());
        let rows = sqlx::query!(
            "SELECT created_at, expires_at
            FROM sessions
            WHERE user_id = ?1 AND expires_at > ?2
            ORDER BY created_at DESC",
            user,
            now
        )
        .fetch_all(&self.readers)
        .await
        .map_err(|error| fault::of(error, "cannot read the sessions"))?;
        let session = |created_at, expires_at| Session {
            created_at: Timestamp::from_micros(created_at),
            expires_at: Timestamp::from_micros(expires_at),
        };
        Ok(rows.into_iter().map(|row| session(row.created_at, row.expires_at)).collect())
    }
}

#[async_trait]
impl Users for SqliteStore {
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, Fault> {
        lookup::standing(self, user).await
    }

    async fn add(&self, user: UserId, standing: Standing) -> Result<bool, Fault> {
        let added = self.step(Lane::Request, move |tx| Box::pin(async move { Ok(add(tx, user, standing).await?) }));
        added.await.map_err(never_refused)
    }

    async fn set_standing(&self, user: UserId, standing: Standing) -> Result<(), Fault> {
        let set =
            self.step(Lane::Request, move |mut tx| Box::pin(async move { Ok(set(&mut tx, user, standing).await?) }));
        set.await.map_err(never_refused)
    }

    async fn change_standing(
        &self,
        user: UserId,
        change: StandingChange,
    ) -> Result<Standing, Failure<ChangeStandingRefusal>> {
        self.step(Lane::Request, move |tx| Box::pin(change_standing(tx, user, change))).await
    }
}

async fn register(
    mut tx: Tx<'_, '_>,
    key: Vec<u8>,
    user: UserId,
    expires_at: Timestamp,
) -> Result<(), Failure<RegisterRefusal>> {
    let standing = standing(&mut tx, user).await?;
    check_holder(standing.map(|standing| standing.is_active)).map_err(Failure::Refused)?;
    let (created_at, expires_at) = (tx.now().to_micros(), expires_at.to_micros());
    check_key(holder(&mut tx, &key, created_at).await?, user).map_err(Failure::Refused)?;
    let user = user.as_str();
    sqlx::query!(
        "INSERT INTO sessions (key_sha256, user_id, expires_at, created_at)
        VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (key_sha256) DO UPDATE
        SET user_id = excluded.user_id, expires_at = excluded.expires_at, created_at = excluded.created_at",
        key,
        user,
        expires_at,
        created_at
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot register the session"))?;
    Ok(())
}

async fn add(mut tx: Tx<'_, '_>, user: UserId, standing: Standing) -> Result<bool, Fault> {
    let Standing { is_active, takes_friend_requests } = standing;
    let user = user.as_str();
    let added = sqlx::query!(
        "INSERT INTO users (id, is_active, takes_friend_requests) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        user,
        is_active,
        takes_friend_requests
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot add the user"))?;
    Ok(added.rows_affected() > 0)
}

async fn change_standing(
    mut tx: Tx<'_, '_>,
    user: UserId,
    change: StandingChange,
) -> Result<Standing, Failure<ChangeStandingRefusal>> {
    let before = known(&mut tx, user).await?;
    for other in [change.block, change.unblock].into_iter().flatten() {
        known(&mut tx, other).await?;
    }
    let standing = Standing {
        is_active: change.is_active.unwrap_or(before.is_active),
        takes_friend_requests: change.takes_friend_requests.unwrap_or(before.takes_friend_requests),
    };
    set(&mut tx, user, standing).await?;
    for (other, blocked) in [(change.block, true), (change.unblock, false)] {
        if let Some(other) = other {
            contacts::write_block(&mut tx, user, other, blocked).await?;
        }
    }
    Ok(standing)
}

/// Gives how a user stands who must exist.
async fn known(tx: &mut SqliteConnection, user: UserId) -> Result<Standing, Failure<ChangeStandingRefusal>> {
    standing(tx, user).await?.ok_or(Failure::Refused(ChangeStandingRefusal::UserNotFound(user)))
}

/// Gives whose session a key is, unless that is over.
async fn holder(tx: &mut SqliteConnection, key: &[u8], now: i64) -> Result<Option<UserId>, Fault> {
    let found = sqlx::query_scalar!("SELECT user_id FROM sessions WHERE key_sha256 = ?1 AND expires_at > ?2", key, now)
        .fetch_optional(&mut *tx)
        .await
        .map_err(|error| fault::of(error, "cannot look up the session"))?;
    Ok(found.map(|id| row::id(&id, "a user id")).transpose()?)
}

async fn standing(connection: &mut SqliteConnection, user: UserId) -> Result<Option<Standing>, Fault> {
    let user = user.as_str();
    let found = sqlx::query!(
        r#"SELECT is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool"
        FROM users
        WHERE id = ?1"#,
        user
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(|error| fault::of(error, "cannot look up the user"))?;
    Ok(found.map(|row| Standing { is_active: row.is_active, takes_friend_requests: row.takes_friend_requests }))
}

/// Stores how a user stands, and ends the sessions of one who no longer takes part.
async fn set(tx: &mut SqliteConnection, user: UserId, standing: Standing) -> Result<(), Fault> {
    let Standing { is_active, takes_friend_requests } = standing;
    let id = user.as_str();
    sqlx::query!(
        "INSERT INTO users (id, is_active, takes_friend_requests)
        VALUES (?1, ?2, ?3)
        ON CONFLICT (id) DO UPDATE
        SET is_active = excluded.is_active, takes_friend_requests = excluded.takes_friend_requests",
        id,
        is_active,
        takes_friend_requests
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot store the user"))?;
    if !is_active {
        end_sessions(tx, user).await?;
    }
    Ok(())
}

async fn end_sessions(connection: &mut SqliteConnection, user: UserId) -> Result<u64, Fault> {
    let user = user.as_str();
    let ended = sqlx::query!("DELETE FROM sessions WHERE user_id = ?1", user)
        .execute(&mut *connection)
        .await
        .map_err(|error| fault::of(error, "cannot end the sessions"))?;
    Ok(ended.rows_affected())
}
