//! Whether the store can do its work now.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};
use hongbao_store::{Attempt, CommitError, Verdict};
use sqlx::Executor;
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout},
};

use crate::{SqliteStore, fault, lane::Lane, schema};

/// A store that takes longer for so small a read, and a write if need be, is not ready.
const TIMEOUT: Duration = Duration::from_millis(1_900);

/// A commit that is not older proves that the store can be written. So a store under load is not asked to write for us, and
/// does not turn red because it has no turn left.
const PROOF: Duration = Duration::from_secs(5);

impl SqliteStore {
    /// Writes one page in the way of all transactions, with what it held before. A disk that is full takes no page.
    async fn prove_writable(&self) -> Result<(), Fault> {
        let attempt = Attempt { id: self.ids.attempt(), until: Instant::now() + TIMEOUT };
        let proven = self.transact(Lane::Background, attempt, |mut tx| {
            Box::pin(async move {
                let cannot = |error| fault::of(error, "cannot write the store");
                tx.execute("PRAGMA user_version = 0").await.map_err(cannot)?;
                Ok(Verdict::CommitRecorded(()))
            })
        });
        proven.await.map_err(|error| match error {
            CommitError::Retry(fault) | CommitError::Conflict(fault) | CommitError::Failed(fault) => fault,
            CommitError::Lost { fault, .. } => Fault::unavailable("cannot write the store").because(fault),
        })
    }
}

#[async_trait]
impl Readiness for SqliteStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        let look = async {
            let (file, log) = (Arc::clone(&self.file), Arc::clone(&self.log));
            let looked = spawn_blocking(move || file.check().and_then(|()| log.check())).await;
            looked.map_err(|error| Fault::internal("cannot look for the store's files").because(error))??;
            let schema = schema::schema(&self.probe).await;
            let schema = schema.map_err(|error| fault::of(error, "cannot read the store's schema"))?;
            if schema == Schema::Current && !self.lanes.has_committed_within(PROOF) {
                self.prove_writable().await?;
            }
            Ok(schema)
        };
        timeout(TIMEOUT, look)
            .await
            .unwrap_or_else(|late| Err(Fault::unavailable("cannot read the store in time").because(late)))
    }
}

#[cfg(test)]
mod tests;
