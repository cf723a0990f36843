//! Which keys are in use, and what was answered under them.

use async_trait::async_trait;
use hongbao_domain::store::{Request, RequestName};
use hongbao_ports::{Fault, query::RequestQueries};
use hongbao_store::{read, rows::RequestRow};
use sqlx::{query_as, query_scalar};

use crate::{SqliteStore, fault};

#[async_trait]
impl RequestQueries for SqliteStore {
    async fn is_in_use(&self, name: &RequestName) -> Result<bool, Fault> {
        let found = query_scalar!(
            r#"SELECT EXISTS (
                SELECT 1 FROM requests WHERE user_id = ?1 AND method = ?2 AND request_key = ?3
            ) AS "is_in_use: bool""#,
            name.user.as_str(),
            name.method.as_str(),
            name.key.as_str()
        );
        found.fetch_one(&self.readers).await.map_err(|error| fault::of(error, "cannot look for the request"))
    }

    async fn answered(&self, after: Option<RequestName>, limit: u32) -> Result<Vec<Request>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the requests");
        let [user, method, key] = after.map_or_else(Default::default, |RequestName { user, method, key }| {
            [user.to_string(), method.to_string(), key.to_string()]
        });
        let rows = query_as!(
            RequestRow,
            "SELECT user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at
            FROM requests
            WHERE (user_id, method, request_key) > (?1, ?2, ?3) AND status IS NOT NULL
            ORDER BY user_id, method, request_key
            LIMIT ?4",
            user,
            method,
            key,
            limit
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        Ok(read(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?)
    }
}
