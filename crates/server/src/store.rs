//! The store that is set: one SQLite file, or a PostgreSQL database.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_ports::{Clock, Deployment, Fault, Ids, Readiness, Retention, query::Queries};
use hongbao_postgres::{PostgresStore, Time};
use hongbao_sqlite::SqliteStore;
use hongbao_store::ConnectionCounts;

use crate::{
    error::CliError,
    settings::{Place, Settings},
};

/// Everything that a store keeps, behind the ports, whichever it is.
#[async_trait]
pub(crate) trait Store: hongbao_store::Store + Queries + Readiness + Retention {
    /// Marks what the store is for, unless it is marked, and gives what it is marked as.
    async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault>;

    /// Gives the same store for work that no request waits for, with connections of its own where there are several.
    fn for_background(&self) -> Arc<dyn Store>;

    /// Gives what there is of connections.
    fn connections(&self) -> ConnectionCounts;

    /// Closes the store after what runs.
    async fn close(&self);
}

#[async_trait]
impl Store for SqliteStore {
    async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        Self::mark(self, deployment).await
    }

    fn for_background(&self) -> Arc<dyn Store> {
        // The file has one writer, whichever caller waits for it.
        Arc::new(self.clone())
    }

    fn connections(&self) -> ConnectionCounts {
        Self::connections(self)
    }

    async fn close(&self) {
        Self::close(self).await;
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        Self::mark(self, deployment).await
    }

    fn for_background(&self) -> Arc<dyn Store> {
        Arc::new(Self::for_background(self))
    }

    fn connections(&self) -> ConnectionCounts {
        Self::connections(self)
    }

    async fn close(&self) {
        Self::close(self).await;
    }
}

/// What may be done to the store's form when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Made where there is none, and brought up to date, for the server itself.
    Served,
    /// Made where there is none, and brought up to date.
    Made,
    /// As it is, or not at all.
    Kept,
}

/// For how long a command tries the store, whatever deadline requests have.
const COMMAND_RETRY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the store. `clock` is that of a SQLite store; a PostgreSQL database has its own.
pub(crate) async fn open(
    settings: &Settings,
    demo: bool,
    form: Form,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Arc<dyn Store>, CliError> {
    let place = settings.place(demo)?;
    let retry_timeout = if form == Form::Served { settings.retry_timeout() } else { COMMAND_RETRY_TIMEOUT };
    let cannot = |error: &(dyn std::error::Error + 'static)| {
        CliError::because(format_args!("cannot open the store {place} (it is set by database.url and --demo)"), error)
    };
    Ok(match &place {
        Place::Sqlite(url) => {
            let options = hongbao_sqlite::Settings {
                create: form != Form::Kept,
                serves: form == Form::Served,
                retry_timeout,
                ..hongbao_sqlite::Settings::new(url)
            };
            Arc::new(SqliteStore::open(&options, clock, ids).await.map_err(|error| cannot(&error))?)
        }
        Place::Postgres(url) => {
            let mut options = hongbao_postgres::Settings { retry_timeout, ..settings.postgres(url)? };
            options.migrate &= form != Form::Kept;
            Arc::new(PostgresStore::open(&options, Time::Database, ids).await.map_err(|error| cannot(&error))?)
        }
    })
}
