//! Whether the store can do its work now.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::Instant;

use crate::{
    MigrateError, PostgresStore,
    connection::within,
    environment::{self, Sent},
    fault, migrate,
    pools::Purpose,
};

/// How long the database may take to answer.
const TIMEOUT: Duration = Duration::from_millis(1_900);

#[async_trait]
impl Readiness for PostgresStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        let until = Instant::now() + TIMEOUT;
        let mut connection = self.borrow(Purpose::Probe, until).await?;
        let looked = within(until, look(&mut connection, self.sent)).await;
        if let Err(fault) = &looked {
            connection.discard_if_broken(fault);
        }
        let schema = looked?;
        self.begin_batch(until).await?;
        Ok(schema)
    }
}

impl PostgresStore {
    /// Shows that a batch can begin and commit on a connection of those that batches have. One more than there are writers
    /// is kept for them, so that it is there under load, and soon after.
    async fn begin_batch(&self, until: Instant) -> Result<(), Fault> {
        let cannot = |error| fault::of(error, "cannot begin and commit a batch");
        let mut connection = self.borrow(Purpose::Batch, until).await?;
        let begun = async {
            let tx = connection.begin_with(AssertSqlSafe(self.begins.batch.clone())).await.map_err(cannot)?;
            tx.commit().await.map_err(cannot)
        };
        let begun = within(until, begun).await;
        if let Err(fault) = &begun {
            connection.discard_if_broken(fault);
        }
        begun
    }
}

async fn look(connection: &mut PgConnection, sent: Option<Sent>) -> Result<Schema, Fault> {
    let cannot = |error| fault::of(error, "cannot ask the database what it is");
    environment::check(connection, sent).await.map_err(cannot)??;
    writable(connection).await?;
    match migrate::check(connection).await {
        Ok(()) => Ok(Schema::Current),
        Err(MigrateError::Missing(_)) => Ok(Schema::Other),
        Err(
            error @ (MigrateError::Url(_)
            | MigrateError::Environment(_)
            | MigrateError::Database(_)
            | MigrateError::Pooled(_)
            | MigrateError::Migration(_)
            | MigrateError::Silent
            | MigrateError::Busy),
        ) => Err(Fault::unavailable("cannot use the database's schema").because(error)),
    }
}

/// Refuses a server that only reads: one that was a primary before a fail-over. Nothing could be done on it.
async fn writable(connection: &mut PgConnection) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot ask the database whether it can be written");
    let mut tx = connection.begin().await.map_err(cannot)?;
    let is_read_only =
        sqlx::query_scalar!(r#"SELECT current_setting('transaction_read_only') = 'on' AS "is_read_only!""#)
            .fetch_one(&mut *tx)
            .await
            .map_err(cannot)?;
    tx.commit().await.map_err(cannot)?;
    if is_read_only { Err(Fault::unavailable("cannot write the database: it is read-only")) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
