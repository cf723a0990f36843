//! Whether the store can do its work now.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};
use tokio::{task::spawn_blocking, time::timeout};

use crate::{SqliteStore, fault, open};

/// A store that takes longer for so small a read is not ready.
const PATIENCE: Duration = Duration::from_secs(1);

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
    fn check(&self) -> Result<(), Fault> {
        let now =
            Self::at(&self.path).map_err(|error| Fault::unavailable("cannot find the store's file").because(error))?;
        if (now.device, now.inode) == (self.device, self.inode) {
            Ok(())
        } else {
            Err(Fault::unavailable("cannot find the store's file: another has its name"))
        }
    }
}

#[async_trait]
impl Readiness for SqliteStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        let look = async {
            let file = Arc::clone(&self.file);
            let looked = spawn_blocking(move || file.check()).await;
            looked.map_err(|error| Fault::internal("cannot look for the store's file").because(error))??;
            open::schema(&self.readers).await.map_err(|error| fault::of(error, "cannot read the store's schema"))
        };
        timeout(PATIENCE, look)
            .await
            .unwrap_or_else(|late| Err(Fault::unavailable("cannot read the store in time").because(late)))
    }
}

#[cfg(test)]
mod tests;
