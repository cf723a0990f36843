//! Tokens of administrators, and the log of what they did.

use async_trait::async_trait;
use hongbao_domain::{
    admin::{AdminToken, AdminTokenDigest, Operation},
    id::OperationId,
    time::Timestamp,
};
use hongbao_ports::{
    Fault,
    query::{AdminQueries, Page},
};
use hongbao_store::read;

use crate::{
    SqliteStore,
    codec::Bits,
    fault,
    tables::{admin_tokens, operations},
};

#[async_trait]
impl AdminQueries for SqliteStore {
    async fn admin_token(&self, digest: &AdminTokenDigest) -> Result<Option<AdminToken>, Fault> {
        let cannot = |error| fault::of(error, "cannot look up the token");
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let rows = admin_tokens::select!("WHERE digest = ?1", digest.0.as_slice()).fetch_all(&mut *tx).await;
        let now = self.clock.now();
        Ok(read(rows.map_err(cannot)?)?.into_iter().find(|token: &AdminToken| token.is_valid(now)))
    }

    async fn admin_tokens(&self) -> Result<Vec<AdminToken>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the tokens");
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let rows = admin_tokens::select!("ORDER BY created_at, id").fetch_all(&mut *tx).await;
        Ok(read(rows.map_err(cannot)?)?)
    }

    async fn operations(&self, page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault> {
        let cannot = |error| fault::of(error, "cannot read the log");
        let (began_at, id) =
            page.after.unwrap_or((Timestamp::from_micros(i64::MAX), OperationId::from_u128(u128::MAX)));
        let id = id.to_u128().to_be_bytes();
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let rows = operations::select!(
            "WHERE (began_at, id) < (?1, ?2) ORDER BY began_at DESC, id DESC LIMIT ?3",
            began_at.to_micros(),
            id.as_slice(),
            page.limit
        );
        Ok(read(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?)
    }
}
