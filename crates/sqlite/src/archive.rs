//! The whole file, for one alone.
//!
//! Every connection to a file in WAL mode holds a shared lock on it for as long as it is open, and a running server
//! always has one open. With `locking_mode=EXCLUSIVE` we ask for the lock that goes with no other: we get it only if
//! no other connection has the file open, in whatever process, and none can open it until we end.

mod leases;
#[cfg(test)]
mod tests;

use std::{path::Path, str::FromStr, time::Duration};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use hongbao_domain::ledger::Audit;
use hongbao_ports::{Fault, Schema};
use hongbao_store::archive::{Archive, ArchiveError, Leases, Page, Table};
use sqlx::{
    SqlitePool, SqliteTransaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    audit, fault,
    schema::{self, MIGRATIONS},
    tables,
};

/// How long to wait for a process that is just closing the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);

/// A file in which everything is done in one transaction, and which no other connection has open.
pub struct SqliteArchive {
    tx: SqliteTransaction<'static>,
    pool: SqlitePool,
}

impl SqliteArchive {
    /// Opens a file that is there, with the schema of this version.
    pub async fn open(url: &str) -> Result<Self, ArchiveError> {
        let options = options(url)?;
        Self::begin(connect(options).await?).await
    }

    /// Opens a file, and makes it with its folder and its schema if there is none.
    pub async fn open_or_make(url: &str) -> Result<Self, ArchiveError> {
        let options = options(url)?.create_if_missing(true);
        let path = options.get_filename().to_owned();
        if path.exists() {
            return Self::open(url).await;
        }
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            let cannot = |error| ArchiveError::Closed(Fault::unavailable("cannot make the folder").because(error));
            std::fs::create_dir_all(folder).map_err(cannot)?;
        }
        let pool = connect(options).await?;
        let cannot = |error| ArchiveError::Closed(Fault::internal("cannot make the schema").because(error));
        MIGRATIONS.run(&pool).await.map_err(cannot)?;
        Self::begin(pool).await
    }

    async fn begin(pool: SqlitePool) -> Result<Self, ArchiveError> {
        match schema::schema(&pool).await {
            Ok(Schema::Current) => {}
            Ok(Schema::Other) => return Err(ArchiveError::OtherSchema),
            Err(error) if schema::is_not_ours(&error) => return Err(ArchiveError::OtherSchema),
            Err(error) => return Err(closed(error)),
        }
        let tx = pool.begin_with("BEGIN EXCLUSIVE").await.map_err(closed)?;
        Ok(Self { tx, pool })
    }
}

fn options(url: &str) -> Result<SqliteConnectOptions, ArchiveError> {
    let options = SqliteConnectOptions::from_str(url).map_err(closed)?;
    Ok(options
        .create_if_missing(false)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT))
}

async fn connect(options: SqliteConnectOptions) -> Result<SqlitePool, ArchiveError> {
    SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(closed)
}

/// Tells a file that others have open from one that cannot be opened.
fn closed(error: sqlx::Error) -> ArchiveError {
    if fault::primary_code(&error) == Some(fault::BUSY) {
        return ArchiveError::InUse;
    }
    ArchiveError::Closed(fault::of(error, "cannot open the file"))
}

#[async_trait]
impl Archive for SqliteArchive {
    async fn leases(&mut self) -> Result<Leases, Fault> {
        leases::count(&mut self.tx).await
    }

    fn pages(&mut self, table: Table) -> BoxStream<'_, Result<Page, Fault>> {
        tables::pages(&mut self.tx, table)
    }

    async fn write(&mut self, page: &Page) -> Result<(), Fault> {
        tables::write(&mut self.tx, &page.clone().into()).await
    }

    async fn unmark(&mut self) -> Result<(), Fault> {
        let cannot = |error| fault::of(error, "cannot forget what the store is for");
        sqlx::query!("DELETE FROM deployment").execute(&mut *self.tx).await.map_err(cannot)?;
        Ok(())
    }

    async fn audit(&mut self) -> Result<Audit, Fault> {
        audit::follow(&mut self.tx, audit::Pace::Alone).await
    }

    async fn is_alone(&mut self) -> Result<bool, Fault> {
        // The lock is not given back in between, and who lost the file to it has lost it.
        Ok(true)
    }

    async fn keep(self: Box<Self>) -> Result<(), Fault> {
        let Self { tx, pool } = *self;
        let kept = tx.commit().await;
        pool.close().await;
        kept.map_err(|error| Fault::unresolved("cannot tell whether it was committed").because(error))
    }

    async fn leave(self: Box<Self>) {
        let Self { tx, pool } = *self;
        // What was written goes with the connection, if not before.
        drop(tx.rollback().await);
        pool.close().await;
    }
}
