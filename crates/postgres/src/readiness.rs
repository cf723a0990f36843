//! Whether the store can do its work now.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};
use sqlx::{Connection, PgConnection};
use tokio::time::Instant;

use crate::{MigrateError, PostgresStore, connection::within, fault, migrate};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_millis(1_900);

#[async_trait]
impl Readiness for PostgresStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        let until = Instant::now() + PATIENCE;
        let mut connection = self.borrow_probe(until).await?;
        let look = async {
            writable(&mut connection).await?;
            match migrate::check(&mut connection).await {
                Ok(()) => Ok(Schema::Current),
                Err(MigrateError::Missing(_)) => Ok(Schema::Other),
                Err(
                    error @ (MigrateError::Database(_)
                    | MigrateError::Pooled(_)
                    | MigrateError::Migration(_)
                    | MigrateError::Silent
                    | MigrateError::Busy),
                ) => Err(Fault::unavailable("cannot use the database's schema").because(error)),
            }
        };
        let looked = within(until, look).await;
        if let Err(fault) = &looked {
            connection.judge(fault);
        }
        looked
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
