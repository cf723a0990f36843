//! Whether the store can do its work now.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_ports::{Fault, Readiness, Schema};
use tokio::time::Instant;

use crate::{MigrateError, PostgresStore, connection::within, migrate};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_millis(1_900);

#[async_trait]
impl Readiness for PostgresStore {
    async fn schema(&self) -> Result<Schema, Fault> {
        let until = Instant::now() + PATIENCE;
        let mut connection = self.borrow(until).await?;
        let look = async {
            match migrate::check(&mut connection).await {
                Ok(()) => Ok(Schema::Current),
                Err(MigrateError::Missing(_)) => Ok(Schema::Other),
                Err(error @ (MigrateError::Database(_) | MigrateError::Migration(_))) => {
                    Err(Fault::unavailable("cannot use the database's schema").because(error))
                }
            }
        };
        let looked = within(until, look).await;
        if let Err(fault) = &looked {
            connection.judge(fault);
        }
        looked
    }
}
