//! The whole database, for one alone.
//!
//! A lock on all tables keeps writers out. A server that runs and writes nothing just now is found by its sessions: at the
//! beginning, and again at the end, for one that had lost its connections comes back. One that starts meanwhile cannot say
//! what the store is for, and ends.
//!
//! This needs the database itself, not a pooler in transaction mode, and a role that may lock the tables: their owner.

mod leases;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use hongbao_domain::ledger::Audit;
use hongbao_ports::Fault;
use hongbao_store::archive::{Archive, ArchiveError, Leases, Page, Table};
use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool, PgTransaction, postgres::PgPoolOptions};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    Address, MigrateError, Settings, audit, environment, fault,
    migrate::{self, Applied},
    tables,
};

/// One moment, for as long as it takes, but without waiting for who is at work.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL lock_timeout = 1000";

/// After this a server that reaches the database has a session again: it looks for what is overdue every 3 s at least.
const SEEN_WITHIN: Duration = Duration::from_secs(5);

/// For so long a session may still be seen whose server has just been stopped.
const GONE_WITHIN: Duration = Duration::from_secs(2);

/// A database in which everything is done in one transaction, and which no other process writes meanwhile.
pub struct PostgresArchive {
    tx: PgTransaction<'static>,
    pool: PgPool,
    /// When it was seen that there is no server.
    looked_at: Instant,
    /// Whether there is something that the planner has not heard of.
    is_filled: bool,
}

impl PostgresArchive {
    /// Opens a database that has the schema of this version.
    pub async fn open(url: &str) -> Result<Self, ArchiveError> {
        Self::begin(connect(url).await?).await
    }

    /// Opens a database, and makes the schema if there is none.
    pub async fn open_or_make(url: &str) -> Result<Self, ArchiveError> {
        let pool = connect(url).await?;
        let found = async { migrate::found(&mut *pool.acquire().await?).await }.await;
        match found.map_err(schema)? {
            Applied::Nothing => {
                migrate::migrate(&Settings::new(url)).await.map_err(schema)?;
            }
            Applied::All | Applied::Others => {}
        }
        Self::begin(pool).await
    }

    async fn begin(pool: PgPool) -> Result<Self, ArchiveError> {
        let mut tx = pool.begin_with(BEGIN).await.map_err(closed)?;
        // Before anything is read: what is read after the lock is what the lock keeps.
        let lock = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", names());
        match tx.execute(AssertSqlSafe(lock)).await {
            Err(error) if migrate::is_missing_table(&error) => return Err(ArchiveError::OtherSchema),
            locked => locked.map_err(closed)?,
        };
        match migrate::found(&mut tx).await.map_err(schema)? {
            Applied::All => {}
            Applied::Nothing | Applied::Others => return Err(ArchiveError::OtherSchema),
        }
        let until = Instant::now() + GONE_WITHIN;
        while servers(&mut tx).await.map_err(closed)? > 0 {
            if Instant::now() >= until {
                return Err(ArchiveError::InUse);
            }
            sleep(GONE_WITHIN / 20).await;
        }
        Ok(Self { tx, pool, looked_at: Instant::now(), is_filled: false })
    }
}

/// Gives all tables, as a statement lists them.
fn names() -> String {
    Table::ALL.iter().map(|table| table.as_str()).collect::<Vec<_>>().join(", ")
}

async fn connect(url: &str) -> Result<PgPool, ArchiveError> {
    let cannot = "cannot use the database";
    let address: Address = url.parse().map_err(|error| ArchiveError::Closed(Fault::internal(cannot).because(error)))?;
    let options = address.options().map_err(closed)?.application_name("hongbao transfer-store");
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.map_err(closed)?;
    let mut connection = pool.acquire().await.map_err(closed)?;
    let checked = environment::check(&mut connection, None).await.map_err(closed)?;
    checked.map_err(|error| ArchiveError::Closed(Fault::internal(cannot).because(error)))?;
    drop(connection);
    Ok(pool)
}

/// Counts the sessions of servers and administrators on the database. PgBouncer may add an address to their name.
async fn servers(tx: &mut PgConnection) -> Result<i64, sqlx::Error> {
    // Else the transaction goes on to see those sessions that it saw before.
    tx.execute("SELECT pg_stat_clear_snapshot()").await?;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!"
        FROM pg_stat_activity
        WHERE datname = current_database()
            AND (application_name = 'hongbao' OR application_name LIKE 'hongbao - %')"#
    )
    .fetch_one(tx)
    .await
}

/// Tells a database that others are at work on from one that cannot be opened.
fn closed(error: sqlx::Error) -> ArchiveError {
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    if error.as_database_error().is_some_and(|error| error.code().is_some_and(|code| code == LOCK_NOT_AVAILABLE)) {
        return ArchiveError::InUse;
    }
    ArchiveError::Closed(fault::of(error, "cannot open the database"))
}

fn schema(error: MigrateError) -> ArchiveError {
    ArchiveError::Closed(Fault::internal("cannot use the database").because(error))
}

#[async_trait]
impl Archive for PostgresArchive {
    async fn leases(&mut self) -> Result<Leases, Fault> {
        leases::count(&mut self.tx).await
    }

    fn pages(&mut self, table: Table) -> BoxStream<'_, Result<Page, Fault>> {
        tables::pages(&mut self.tx, table)
    }

    async fn write(&mut self, page: &Page) -> Result<(), Fault> {
        self.is_filled = true;
        tables::write(&mut self.tx, &page.clone().into(), None).await
    }

    async fn unmark(&mut self) -> Result<(), Fault> {
        let cannot = |error| fault::of(error, "cannot forget what the store is for");
        sqlx::query!("DELETE FROM deployment").execute(&mut *self.tx).await.map_err(cannot)?;
        Ok(())
    }

    async fn audit(&mut self) -> Result<Audit, Fault> {
        if std::mem::take(&mut self.is_filled) {
            // Of tables that were empty until now the planner knows nothing, and each page of the audit would read all.
            let analyzed = self.tx.execute(AssertSqlSafe(format!("ANALYZE {}", names()))).await;
            analyzed.map_err(|error| fault::of(error, "cannot analyze the tables"))?;
        }
        audit::follow(&mut self.tx, audit::Pace::Alone).await
    }

    async fn is_alone(&mut self) -> Result<bool, Fault> {
        let cannot = |error| fault::of(error, "cannot look for servers");
        sleep_until(self.looked_at + SEEN_WITHIN).await;
        Ok(servers(&mut self.tx).await.map_err(cannot)? == 0)
    }

    async fn keep(self: Box<Self>) -> Result<(), Fault> {
        let Self { tx, pool, .. } = *self;
        let kept = tx.commit().await;
        pool.close().await;
        kept.map_err(|error| Fault::unresolved("cannot tell whether it was committed").because(error))
    }

    async fn leave(self: Box<Self>) {
        let Self { tx, pool, .. } = *self;
        // What was written goes with the connection, if not before.
        drop(tx.rollback().await);
        pool.close().await;
    }
}
