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
    PostgresStore,
    codec::{Bits, uuid},
    fault,
    tables::{admin_tokens, operations},
    transaction::Tx,
};

#[async_trait]
impl AdminQueries for PostgresStore {
    async fn admin_token(&self, digest: &AdminTokenDigest) -> Result<Option<AdminToken>, Fault> {
        let digest = *digest;
        self.read(move |tx| Box::pin(token(tx, digest))).await
    }

    async fn admin_tokens(&self) -> Result<Vec<AdminToken>, Fault> {
        self.read(|tx| Box::pin(tokens(tx))).await
    }

    async fn operations(&self, page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault> {
        self.read(move |tx| Box::pin(log(tx, page))).await
    }
}

async fn token(mut tx: Tx<'_, '_>, digest: AdminTokenDigest) -> Result<Option<AdminToken>, Fault> {
    let rows = admin_tokens::select!("WHERE digest = $1", digest.0.as_slice()).fetch_all(&mut *tx).await;
    let found = read(rows.map_err(|error| fault::of(error, "cannot look up the token"))?)?;
    if found.is_empty() {
        return Ok(None);
    }
    let now = tx.now().await?;
    Ok(found.into_iter().find(|token: &AdminToken| token.is_valid(now)))
}

async fn tokens(mut tx: Tx<'_, '_>) -> Result<Vec<AdminToken>, Fault> {
    let rows = admin_tokens::select!("ORDER BY created_at, id").fetch_all(&mut *tx).await;
    Ok(read(rows.map_err(|error| fault::of(error, "cannot list the tokens"))?)?)
}

async fn log(mut tx: Tx<'_, '_>, page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault> {
    let (began_at, id) = page.after.unwrap_or((Timestamp::from_micros(i64::MAX), OperationId::from_u128(u128::MAX)));
    let rows = operations::select!(
        "WHERE (began_at, id) < ($1, $2) ORDER BY began_at DESC, id DESC LIMIT $3",
        began_at.to_micros(),
        uuid(id.to_u128()),
        i64::from(page.limit)
    );
    Ok(read(rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the log"))?)?)
}
