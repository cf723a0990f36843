//! Our copy of profiles, and what is known of users at the IM cloud.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
    profile::Profile,
};
use hongbao_ports::{
    Fault,
    query::{CachedProfile, ProfileQueries},
};
use hongbao_store::rows::{parse, version};
use sqlx::{query, query_scalar};

use crate::{SqliteStore, fault};

#[async_trait]
impl ProfileQueries for SqliteStore {
    async fn cached(&self, app: &CloudApp, user: UserId) -> Result<Option<CachedProfile>, Fault> {
        let (app_key, id) = (app.key.as_str(), user.as_str());
        let found = query!(
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
        let name = parse(&row.name, "a name")?;
        let portrait_uri = parse(&row.portrait_uri, "the address of a portrait")?;
        Ok(Some(CachedProfile {
            profile: Profile { user, name, portrait_uri },
            is_registered: row.registered_at.is_some(),
            is_stale: row.is_stale,
            version: version(row.version)?,
        }))
    }

    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault> {
        let (app_key, id, fingerprint) = (app.key.as_str(), user.as_str(), app.secret_fingerprint.as_slice());
        let found = query_scalar!(
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
        Ok(found.map(|token| parse(&token, "a token")).transpose()?)
    }
}
