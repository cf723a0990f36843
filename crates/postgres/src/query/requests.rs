//! Which keys are in use.

use async_trait::async_trait;
use hongbao_domain::store::RequestName;
use hongbao_ports::{Fault, query::RequestQueries};
use sqlx::query_scalar;

use crate::{PostgresStore, fault, transaction::Tx};

#[async_trait]
impl RequestQueries for PostgresStore {
    async fn is_in_use(&self, name: &RequestName) -> Result<bool, Fault> {
        let name = *name;
        self.read(move |tx| Box::pin(is_in_use(tx, name))).await
    }
}

async fn is_in_use(mut tx: Tx<'_, '_>, name: RequestName) -> Result<bool, Fault> {
    let found = query_scalar!(
        r#"SELECT EXISTS (
            SELECT 1 FROM requests WHERE user_id = $1 AND method = $2 AND request_key = $3
        ) AS "is_in_use!""#,
        name.user.as_str(),
        name.method.as_str(),
        name.key.as_str()
    );
    found.fetch_one(&mut *tx).await.map_err(|error| fault::of(error, "cannot look for the request"))
}
