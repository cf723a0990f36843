//! Our copy of profiles, and what is known of users at the IM cloud.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
    profile::Profile,
};
use hongbao_ports::{Fault, ProfileCopy, Profiles};
use sqlx::SqliteConnection;

use crate::{
    SqliteStore,
    fault::{self, Unreadable},
    lane::Lane,
    row,
    transaction::{Tx, never_refused},
};

#[async_trait]
impl Profiles for SqliteStore {
    async fn copy(&self, app: &CloudApp, user: UserId) -> Result<Option<ProfileCopy>, Fault> {
        let (app_key, id) = (app.key.as_str(), user.as_str());
        let found = sqlx::query!(
            r#"SELECT users.name, users.portrait_uri, im_accounts.registered_at AS "registered_at?: i64",
                coalesce(im_accounts.is_stale, 0) AS "is_stale!: bool",
                coalesce(im_accounts.version, 0) AS "version!: i64"
            FROM users
            LEFT JOIN im_accounts ON im_accounts.user_id = users.id AND im_accounts.app_key = ?1
            WHERE users.id = ?2"#,
            app_key,
            id
        )
        .fetch_optional(&self.readers)
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

    async fn introduce(&self, profile: &Profile) -> Result<(), Fault> {
        let introduced = self.step(Lane::Request, |tx| Box::pin(async move { Ok(introduce(tx, profile).await?) }));
        introduced.await.map_err(never_refused)
    }

    async fn doubt(&self, app: &CloudApp, user: UserId) -> Result<u64, Fault> {
        let doubted = self.step(Lane::Request, |tx| Box::pin(async move { Ok(doubt(tx, app, user).await?) }));
        doubted.await.map_err(never_refused)
    }

    async fn settle(&self, app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault> {
        let version = stored(version)?;
        let settled =
            self.step(Lane::Reserved, |tx| Box::pin(async move { Ok(settle(tx, app, profile, version).await?) }));
        settled.await.map_err(never_refused)
    }

    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault> {
        let (app_key, id, fingerprint) = (app.key.as_str(), user.as_str(), app.secret_fingerprint.as_slice());
        let found = sqlx::query_scalar!(
            r#"SELECT token AS "token!"
            FROM im_accounts
            WHERE app_key = ?1 AND user_id = ?2 AND secret_fingerprint = ?3"#,
            app_key,
            id,
            fingerprint
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(|error| fault::of(error, "cannot look up the token"))?;
        Ok(found.map(|token| token.parse().map_err(|_| Unreadable("a token"))).transpose()?)
    }

    async fn keep_token(&self, app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault> {
        let kept = Kept { app, user, token, version: stored(version)? };
        let kept = &kept;
        let kept = self.step(Lane::Reserved, |tx| Box::pin(async move { Ok(keep_token(tx, kept).await?) }));
        kept.await.map_err(never_refused)
    }
}

async fn introduce(mut tx: Tx<'_, '_>, profile: &Profile) -> Result<(), Fault> {
    let (user, name, portrait_uri) = fields(profile);
    sqlx::query!(
        "UPDATE users SET name = ?2, portrait_uri = ?3 WHERE id = ?1 AND name = '' AND portrait_uri = ''",
        user,
        name,
        portrait_uri
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot introduce the user"))?;
    Ok(())
}

async fn doubt(mut tx: Tx<'_, '_>, app: &CloudApp, user: UserId) -> Result<u64, Fault> {
    let (app_key, id) = (app.key.as_str(), user.as_str());
    let doubted = sqlx::query_scalar!(
        r#"INSERT INTO im_accounts (app_key, user_id, is_stale, version)
        VALUES (?1, ?2, 1, 1)
        ON CONFLICT (app_key, user_id) DO UPDATE SET is_stale = 1, version = im_accounts.version + 1
        RETURNING version AS "version!: i64""#,
        app_key,
        id
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot doubt the profile"))?;
    Ok(row::version(doubted)?)
}

async fn settle(mut tx: Tx<'_, '_>, app: &CloudApp, profile: &Profile, version: i64) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot settle the profile");
    let (user, name, portrait_uri) = fields(profile);
    let app_key = app.key.as_str();
    add_account(&mut tx, app, profile.user).await?;
    let is_stale = sqlx::query_scalar!(
        r#"UPDATE im_accounts
        SET is_stale = version <> ?3, version = version + 1
        WHERE app_key = ?1 AND user_id = ?2
        RETURNING is_stale AS "is_stale!: bool""#,
        app_key,
        user,
        version
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(cannot)?;
    if !is_stale {
        sqlx::query!("UPDATE users SET name = ?2, portrait_uri = ?3 WHERE id = ?1", user, name, portrait_uri)
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

async fn keep_token(mut tx: Tx<'_, '_>, kept: &Kept<'_>) -> Result<(), Fault> {
    let (app_key, id, token) = (kept.app.key.as_str(), kept.user.as_str(), kept.token.as_str());
    let (fingerprint, version) = (kept.app.secret_fingerprint.as_slice(), kept.version);
    let now = tx.now().to_micros();
    add_account(&mut tx, kept.app, kept.user).await?;
    sqlx::query!(
        "UPDATE im_accounts
        SET token = ?3, secret_fingerprint = ?4, registered_at = coalesce(registered_at, ?5),
            is_stale = is_stale OR version <> ?6, version = version + (version <> ?6)
        WHERE app_key = ?1 AND user_id = ?2",
        app_key,
        id,
        token,
        fingerprint,
        now,
        version
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot keep the token"))?;
    Ok(())
}

/// Makes the row that others then change.
async fn add_account(tx: &mut SqliteConnection, app: &CloudApp, user: UserId) -> Result<(), Fault> {
    let (app_key, user) = (app.key.as_str(), user.as_str());
    sqlx::query!(
        "INSERT INTO im_accounts (app_key, user_id, is_stale, version) VALUES (?1, ?2, 0, 0) ON CONFLICT DO NOTHING",
        app_key,
        user
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot add the user's account at the cloud"))?;
    Ok(())
}

fn fields(profile: &Profile) -> (&str, &str, &str) {
    (profile.user.as_str(), profile.name.as_str(), profile.portrait_uri.as_str())
}

fn stored(version: u64) -> Result<i64, Unreadable> {
    version.try_into().map_err(|_| Unreadable("a version"))
}
