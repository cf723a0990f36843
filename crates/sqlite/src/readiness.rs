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

use crate::{SqliteStore, fault, lane::Lane, lock::beside, open, transaction::Verdict};

/// A store that takes longer for so small a read, and a write if need be, is not ready.
const PATIENCE: Duration = Duration::from_millis(1_900);

/// A commit that is not older proves that the store can be written. So a store under load is not asked to write for us, and
/// does not turn red because it has no turn left.
const PROOF: Duration = Duration::from_secs(5);

/// Which file was opened: the store's, or its log. SQLite goes on with it when it is deleted or another takes its name, and
/// all that is written then is lost with the process; so a file that can be read is not proof enough.
///
/// It is only looked at, never opened: closing a second descriptor of a file gives up all locks of this process on it.
pub(crate) struct OpenedFile {
    path: PathBuf,
    /// What is said when it is not there, and when another file is.
    sentences: [&'static str; 2],
    device: u64,
    inode: u64,
}

impl OpenedFile {
    /// Remembers the store in `path`.
    pub(crate) fn store(path: &Path) -> io::Result<Self> {
        Self::find(
            path.to_owned(),
            ["cannot find the store's file", "cannot find the store's file: another has its name"],
        )
    }

    /// Remembers the log of the store in `path`. It stays the same file as long as any connection is open, and the probe's
    /// always is.
    pub(crate) fn log_of(path: &Path) -> io::Result<Self> {
        let sentences = ["cannot find the store's log", "cannot find the store's log: another file has its name"];
        Self::find(beside(path, "-wal"), sentences)
    }

    fn find(path: PathBuf, sentences: [&'static str; 2]) -> io::Result<Self> {
        let metadata = path.metadata()?;
        Ok(Self { path, sentences, device: metadata.dev(), inode: metadata.ino() })
    }

    /// Says whether it is still there, under its name.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let [gone, replaced] = self.sentences;
        let now = self.path.metadata().map_err(|error| Fault::unavailable(gone).because(error))?;
        if (now.dev(), now.ino()) == (self.device, self.inode) { Ok(()) } else { Err(Fault::unavailable(replaced)) }
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
            let (file, log) = (Arc::clone(&self.file), Arc::clone(&self.log));
            let looked = spawn_blocking(move || file.check().and_then(|()| log.check())).await;
            looked.map_err(|error| Fault::internal("cannot look for the store's files").because(error))??;
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
