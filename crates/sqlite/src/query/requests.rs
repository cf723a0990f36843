//! Which keys are in use.

use async_trait::async_trait;
use hongbao_domain::store::RequestName;
use hongbao_ports::{Fault, query::RequestQueries};
use sqlx::query_scalar;

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
}
