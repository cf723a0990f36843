//! Whether the store can do its work now.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use hongbao_ledger::{Attempt, CommitError};
use hongbao_ports::{Fault, Readiness, Schema};
use sqlx::Executor;
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout},
};

use crate::{SqliteStore, fault, lane::Lane, open, transaction::Verdict};

/// A store that takes longer for so small a read, and a write if need be, is not ready.
const PATIENCE: Duration = Duration::from_millis(1_900);

/// A commit that is not older proves that the store can be written. So a store under load is not asked to write for us, and
/// does not turn red because it has no turn left.
const PROOF: Duration = Duration::from_secs(5);

/// Which file was opened. SQLite goes on with it when it is deleted or another takes its name, and all that is written
/// then is lost with the process; so a file that can be read is not proof enough.
pub(crate) struct OpenedFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl OpenedFile {
    /// Remembers the file at `path`.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        let metadata = path.metadata()?;
        Ok(Self { path: path.to_owned(), device: metadata.dev(), inode: metadata.ino() })
    }

    /// Says whether it is still there, under its name.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let now =
            Self::at(&self.path).map_err(|error| Fault::unavailable("cannot find the store's file").because(error))?;
        if (now.device, now.inode) == (self.device, self.inode) {
            Ok(())
        } else {
            Err(Fault::unavailable("cannot find the store's file: another has its name"))
        }
    }
}

impl SqliteStore {
    /// Writes one page in the way of all transactions, with what it held before. A disk that is full takes no page.
    async fn prove_writable(&self) -> Result<(), Fault> {
        let attempt = Attempt { id: self.ids.attempt(), until: Instant::now() + PATIENCE };
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
            let file = Arc::clone(&self.file);
            let looked = spawn_blocking(move || file.check()).await;
            looked.map_err(|error| Fault::internal("cannot look for the store's file").because(error))??;
            let schema = open::schema(&self.probe).await;
            let schema = schema.map_err(|error| fault::of(error, "cannot read the store's schema"))?;
            if schema == Schema::Current && !self.lanes.has_committed_within(PROOF) {
                self.prove_writable().await?;
            }
            Ok(schema)
        };
        timeout(PATIENCE, look)
            .await
            .unwrap_or_else(|late| Err(Fault::unavailable("cannot read the store in time").because(late)))
    }
}

#[cfg(test)]
mod tests;
