//! Our copy of profiles, and what is known of users at the IM cloud.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
    profile::Profile,
};
use hongbao_ports::{Fault, ProfileCopy, Profiles};
use sqlx::PgConnection;

use crate::{
    PostgresStore,
    batch::signed,
    fault::{self, Unreadable},
    open::never_refused,
    row,
    transaction::Tx,
};

#[async_trait]
impl Profiles for PostgresStore {
    async fn copy(&self, app: &CloudApp, user: UserId) -> Result<Option<ProfileCopy>, Fault> {
        self.read(|tx| Box::pin(copy(tx, app, user))).await
    }

    async fn introduce(&self, profile: &Profile) -> Result<(), Fault> {
        let introduced = self.step(|mut tx| {
            Box::pin(async move {
                sqlx::query!(
                    "UPDATE users SET name = $2, portrait_uri = $3 WHERE id = $1 AND name = '' AND portrait_uri = ''",
                    profile.user.as_str(),
                    profile.name.as_str(),
                    profile.portrait_uri.as_str()
                )
                .execute(&mut *tx)
                .await
                .map_err(|error| fault::of(error, "cannot introduce the user"))?;
                Ok(())
            })
        });
        introduced.await.map_err(never_refused)
    }

    async fn doubt(&self, app: &CloudApp, user: UserId) -> Result<u64, Fault> {
        let doubted = self.step(|mut tx| {
            Box::pin(async move {
                let doubted = sqlx::query_scalar!(
                    "INSERT INTO im_accounts (user_id, app_key, is_stale, version)
                    VALUES ($1, $2, TRUE, 1)
                    ON CONFLICT (user_id, app_key) DO UPDATE SET is_stale = TRUE, version = im_accounts.version + 1
                    RETURNING version",
                    user.as_str(),
                    app.key.as_str()
                )
                .fetch_one(&mut *tx)
                .await
                .map_err(|error| fault::of(error, "cannot doubt the profile"))?;
                Ok(row::version(doubted).map_err(Fault::from)?)
            })
        });
        doubted.await.map_err(never_refused)
    }

    async fn settle(&self, app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault> {
        let settled =
            self.second_step(|tx| Box::pin(async move { Ok(settle(tx, app, profile, signed(version)?).await?) }));
        settled.await.map_err(never_refused)
    }

    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault> {
        let found = self.read(|mut tx| {
            Box::pin(async move {
                sqlx::query_scalar!(
                    r#"SELECT token AS "token!"
                    FROM im_accounts
                    WHERE user_id = $1 AND app_key = $2 AND secret_fingerprint = $3"#,
                    user.as_str(),
                    app.key.as_str(),
                    app.secret_fingerprint.as_slice()
                )
                .fetch_optional(&mut *tx)
                .await
                .map_err(|error| fault::of(error, "cannot look up the token"))
            })
        });
        Ok(found.await?.map(|token| token.parse().map_err(|_| Unreadable("a token"))).transpose()?)
    }

    async fn keep_token(&self, app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault> {
        let kept = self.second_step(|tx| {
            Box::pin(async move {
                let kept = Kept { app, user, token, version: signed(version)? };
                Ok(keep_token(tx, kept).await?)
            })
        });
        kept.await.map_err(never_refused)
    }
}

async fn copy(mut tx: Tx<'_, '_>, app: &CloudApp, user: UserId) -> Result<Option<ProfileCopy>, Fault> {
    let found = sqlx::query!(
        r#"SELECT u.name, u.portrait_uri, a.registered_at AS "registered_at?", coalesce(a.is_stale, FALSE) AS "is_stale!",
            coalesce(a.version, 0) AS "version!"
        FROM users AS u
        LEFT JOIN im_accounts AS a ON a.user_id = u.id AND a.app_key = $1
        WHERE u.id = $2"#,
        app.key.as_str(),
        user.as_str()
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot read the profile"))?;
    let Some(row) = found else { return Ok(None) };
    let name = row.name.parse().map_err(|_| Unreadable("a name"))?;
    let portrait_uri = row.portrait_uri.parse().map_err(|_| Unreadable("the address of a portrait"))?;
    Ok(Some(ProfileCopy {
        profile: Profile { user, name, portrait_uri },
        is_registered: row.registered_at.is_some(),
        is_stale: row.is_stale,
        version: row::version(row.version)?,
    }))
}

async fn settle(mut tx: Tx<'_, '_>, app: &CloudApp, profile: &Profile, version: i64) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot settle the profile");
    add_account(&mut tx, app, profile.user).await?;
    let is_stale = sqlx::query_scalar!(
        "UPDATE im_accounts
        SET is_stale = version <> $3, version = version + 1
        WHERE user_id = $1 AND app_key = $2
        RETURNING is_stale",
        profile.user.as_str(),
        app.key.as_str(),
        version
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(cannot)?;
    if !is_stale {
        sqlx::query!(
            "UPDATE users SET name = $2, portrait_uri = $3 WHERE id = $1",
            profile.user.as_str(),
            profile.name.as_str(),
            profile.portrait_uri.as_str()
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
    }
    Ok(())
}

/// A token that is to be kept.
struct Kept<'kept> {
    app: &'kept CloudApp,
    user: UserId,
    token: &'kept Token,
    version: i64,
}

async fn keep_token(mut tx: Tx<'_, '_>, kept: Kept<'_>) -> Result<(), Fault> {
    add_account(&mut tx, kept.app, kept.user).await?;
    let now = tx.now().await?.to_micros();
    sqlx::query!(
        "UPDATE im_accounts
        SET token = $3, secret_fingerprint = $4, registered_at = coalesce(registered_at, $5),
            is_stale = is_stale OR version <> $6, version = version + (version <> $6)::INTEGER
        WHERE user_id = $1 AND app_key = $2",
        kept.user.as_str(),
        kept.app.key.as_str(),
        kept.token.as_str(),
        kept.app.secret_fingerprint.as_slice(),
        now,
        kept.version
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot keep the token"))?;
    Ok(())
}

/// Makes the row that others then change.
async fn add_account(tx: &mut PgConnection, app: &CloudApp, user: UserId) -> Result<(), Fault> {
    sqlx::query!(
        "INSERT INTO im_accounts (user_id, app_key, is_stale, version)
        VALUES ($1, $2, FALSE, 0)
        ON CONFLICT DO NOTHING",
        user.as_str(),
        app.key.as_str()
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot add the user's account at the cloud"))?;
    Ok(())
}
