//! Users and sessions.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    time::Timestamp,
};
use hongbao_ports::{Fault, Sessions, Standing, Users};
use sha2::{Digest, Sha256};

use crate::{SqliteStore, fault, row};

fn digest(key: &SessionKey) -> Vec<u8> {
    Sha256::digest(key.as_str()).to_vec()
}

#[async_trait]
impl Sessions for SqliteStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        let (key, now) = (digest(key), self.clock.now().to_micros());
        let found = sqlx::query_scalar!(
            "SELECT users.id
            FROM sessions
            JOIN users ON users.id = sessions.user_id
            WHERE sessions.key_sha256 = ?1 AND sessions.expires_at > ?2 AND users.is_active = 1",
            key,
            now
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(|error| fault::of(error, "cannot look up the session"))?;
        Ok(found.map(|id| row::id(&id, "a user id")).transpose()?)
    }

    async fn register(&self, key: &SessionKey, user: UserId, expires_at: Timestamp) -> Result<(), Fault> {
        let (key, user, expires_at) = (digest(key), user.as_str(), expires_at.to_micros());
        sqlx::query!(
            "INSERT INTO sessions (key_sha256, user_id, expires_at)
            VALUES (?1, ?2, ?3)
            ON CONFLICT (key_sha256) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at",
            key,
            user,
            expires_at
        )
        .execute(&self.writer)
        .await
        .map_err(|error| fault::of(error, "cannot register the session"))?;
        Ok(())
    }
}

#[async_trait]
impl Users for SqliteStore {
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, Fault> {
        let user = user.as_str();
        let found = sqlx::query!(
            r#"SELECT is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool"
            FROM users
            WHERE id = ?1"#,
            user
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(|error| fault::of(error, "cannot look up the user"))?;
        Ok(found.map(|row| Standing { is_active: row.is_active, takes_friend_requests: row.takes_friend_requests }))
    }

    async fn set_standing(&self, user: UserId, standing: Standing) -> Result<(), Fault> {
        let Standing { is_active, takes_friend_requests } = standing;
        let user = user.as_str();
        sqlx::query!(
            "INSERT INTO users (id, is_active, takes_friend_requests)
            VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE
            SET is_active = excluded.is_active, takes_friend_requests = excluded.takes_friend_requests",
            user,
            is_active,
            takes_friend_requests
        )
        .execute(&self.writer)
        .await
        .map_err(|error| fault::of(error, "cannot store the user"))?;
        Ok(())
    }
}
