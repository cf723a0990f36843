//! Our copy of profiles, and what is known of users at the IM cloud.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
};
use hongbao_ports::{
    Fault,
    query::{CachedProfile, ProfileQueries},
};
use hongbao_store::rows::{CachedProfileRow, parse};
use sqlx::{query_as, query_scalar};

use crate::{SqliteStore, fault};

#[async_trait]
impl ProfileQueries for SqliteStore {
    async fn cached(&self, app: &CloudApp, user: UserId) -> Result<Option<CachedProfile>, Fault> {
        let found = query_as!(
            CachedProfileRow,
            r#"SELECT u.id, u.name, u.portrait_uri, a.registered_at AS "registered_at?: i64",
                coalesce(a.is_stale, 0) AS "is_stale!: bool", coalesce(a.version, 0) AS "version!: i64"
            FROM users AS u
            LEFT JOIN im_accounts AS a ON a.user_id = u.id AND a.app_key = ?1
            WHERE u.id = ?2"#,
            app.key.as_str(),
            user.as_str()
        );
        let found = found.fetch_optional(&self.readers).await;
        let found = found.map_err(|error| fault::of(error, "cannot read the profile"))?;
        Ok(found.map(CachedProfile::try_from).transpose()?)
    }

    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault> {
        let found = query_scalar!(
            r#"SELECT token AS "token!"
            FROM im_accounts
            WHERE app_key = ?1 AND user_id = ?2 AND secret_fingerprint = ?3"#,
            app.key.as_str(),
            user.as_str(),
            app.secret_fingerprint.as_slice()
        );
        let found = found.fetch_optional(&self.readers).await;
        let found = found.map_err(|error| fault::of(error, "cannot look up the token"))?;
        Ok(found.map(|token| parse(&token, "a token")).transpose()?)
    }
}
