//! Whether the store can do its work now.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};
use tokio::time::timeout;

use crate::{MigrateError, PostgresStore, migrate};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[async_trait]
impl Readiness for PostgresStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        let silent = |_elapsed| Fault::unavailable("cannot reach the database in time");
        match timeout(PATIENCE, migrate::check(self)).await.map_err(silent)? {
            Ok(()) => Ok(Schema::Current),
            Err(MigrateError::Missing(_)) => Ok(Schema::Other),
            Err(error @ (MigrateError::Database(_) | MigrateError::Migration(_))) => {
                Err(Fault::unavailable("cannot reach the database").because(error))
            }
        }
    }
}
