//! Opening the database.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use hongbao_ports::{Deployment, Fault, Ids};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use crate::{MigrateError, Pooler, Settings, Time, fault, lookup::Lookups, migrate};

/// For how long a connection that lies idle is trusted to be there.
const TRUSTED: Duration = Duration::from_secs(1);

/// Says why the store cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL is not one of PostgreSQL.
    Url(sqlx::Error),
    /// The database cannot be reached, or does not let us in.
    Connect(sqlx::Error),
    /// A pooler does not pass on the limits of a session.
    Pooled(sqlx::Error),
    /// The schema cannot be brought up to date, or is not that of this version.
    Migrate(MigrateError),
    /// Migrations would go through a pooler that gives us another session in each transaction.
    NoDirectUrl,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url(_) => "the database URL cannot be understood",
            Self::Connect(_) => "the database cannot be reached",
            Self::Pooled(_) => "a pooler stands before the database; set database.pooler to transaction",
            Self::Migrate(_) => "the database's schema cannot be used",
            Self::NoDirectUrl => {
                "migrations cannot go through a pooler in transaction mode; set database.migration_url to the database itself"
            }
        })
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Url(error) | Self::Connect(error) | Self::Pooled(error) => Some(error),
            Self::Migrate(error) => Some(error),
            Self::NoDirectUrl => None,
        }
    }
}

/// Leaves one way to a batch's rows: from each key to its row. A plan that is made while a table is small would go through
/// its whole index instead, and be kept while it grows. What is turned off and taken all the same counts as so dear that it
/// would be compiled, for seconds.
const BY_KEYS: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; \
    SET LOCAL enable_indexonlyscan = off; SET LOCAL jit = off";

/// A PostgreSQL database with everything that Hongbao keeps.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) pool: PgPool,
    /// One connection that is kept for the question whether the database can be used: under load all others are in use.
    pub(crate) probe: PgPool,
    pub(crate) time: Time,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) lookups: Lookups,
    /// How a transaction begins that writes.
    pub(crate) begin: String,
    /// How a batch begins.
    pub(crate) begin_batch: String,
    /// How one begins that reads one statement; `None`: no transaction is needed for that.
    pub(crate) begin_read: Option<String>,
    /// How one begins that reads several.
    pub(crate) begin_snapshot: String,
    pub(crate) patience: Duration,
}

impl PostgresStore {
    /// Opens the database and brings its schema up to date, or checks it. `time` is the ledger's and that of sessions.
    ///
    /// Call it on a tokio runtime.
    pub async fn open(settings: &Settings, time: Time, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        if settings.migrate && settings.pooler == Pooler::Transaction && settings.migration_url.is_none() {
            return Err(OpenError::NoDirectUrl);
        }
        let options = PgConnectOptions::from_str(&settings.url).map_err(OpenError::Url)?.application_name("hongbao");
        let options = session(options, settings);
        reach(&options, settings.acquire_timeout).await?;
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(settings.acquire_timeout)
                .test_before_acquire(false)
                .before_acquire(|connection, found| Box::pin(async move { test(connection, found.idle_for).await }))
                .connect_lazy_with(options.clone())
        };
        let (pool, probe) = (pool(settings.connections), pool(1));
        let limits = match settings.pooler {
            Pooler::None => String::new(),
            Pooler::Transaction => format!("; {}", local_limits(settings)),
        };
        let begin_read = match settings.pooler {
            Pooler::None => None,
            Pooler::Transaction => Some(format!("BEGIN READ ONLY{limits}")),
        };
        let store = Self {
            lookups: Lookups::default(),
            time,
            ids,
            begin: format!("BEGIN{limits}"),
            begin_batch: format!("BEGIN{limits}; {BY_KEYS}"),
            begin_read,
            begin_snapshot: format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{limits}"),
            patience: settings.patience,
            pool,
            probe,
        };
        if settings.migrate {
            migrate::migrate(settings).await.map_err(OpenError::Migrate)?;
        } else {
            let mut connection = store.pool.acquire().await.map_err(OpenError::Connect)?;
            migrate::check(&mut connection).await.map_err(OpenError::Migrate)?;
        }
        Ok(store)
    }

    /// Marks what the store is for, unless it is marked, and gives what it is marked as.
    ///
    /// A store that is not marked but has users or coins was filled by somebody else: it is real, whatever is wanted.
    pub async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        let cannot = |error| fault::of(error, "cannot mark the store");
        let kind = self.step(move |mut tx| {
            Box::pin(async move {
                sqlx::query!(
                    "INSERT INTO deployment (one, kind)
                    SELECT 1, CASE WHEN EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM coins) THEN 'real' ELSE $1 END
                    ON CONFLICT DO NOTHING",
                    deployment.as_str()
                )
                .execute(&mut *tx)
                .await
                .map_err(cannot)?;
                Ok(sqlx::query_scalar!("SELECT kind FROM deployment").fetch_one(&mut *tx).await.map_err(cannot)?)
            })
        });
        let kind = kind.await.map_err(never_refused)?;
        kind.parse().map_err(|_| fault::Unreadable("a kind of deployment").into())
    }

    /// Closes all connections after what runs.
    pub async fn close(&self) {
        self.pool.close().await;
        self.probe.close().await;
    }
}

/// Makes one connection. A pool would only say that it waited in vain, and not why.
async fn reach(options: &PgConnectOptions, patience: Duration) -> Result<(), OpenError> {
    let silent = |_elapsed| OpenError::Connect(sqlx::Error::PoolTimedOut);
    let connection = timeout(patience, PgConnection::connect_with(options)).await.map_err(silent)?;
    let connection = connection
        .map_err(|error| if is_of_a_pooler(&error) { OpenError::Pooled(error) } else { OpenError::Connect(error) });
    connection?.close().await.map_err(OpenError::Connect)
}

/// Says whether it was a pooler that refused a connection, for what it should have passed on to the database.
pub(crate) fn is_of_a_pooler(error: &sqlx::Error) -> bool {
    const PROTOCOL_VIOLATION: &str = "08P01";
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == PROTOCOL_VIOLATION)
            && error.message().contains("unsupported startup parameter")
    })
}

/// Takes a fault out of a step that refuses nothing.
pub(crate) fn never_refused(failure: hongbao_ports::Failure<std::convert::Infallible>) -> Fault {
    match failure {
        hongbao_ports::Failure::Fault(fault) => fault,
        hongbao_ports::Failure::Refused(never) => match never {},
    }
}

/// Makes sure that a connection is still there. One that was in use a moment ago was tested when it was given back; to
/// test it again would be a round trip for every statement.
async fn test(connection: &mut PgConnection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    if idle_for > TRUSTED {
        connection.ping().await?;
    }
    Ok(true)
}

/// Sets the limits once for each connection, where it is ours alone; a pooler is told in each transaction.
fn session(options: PgConnectOptions, settings: &Settings) -> PgConnectOptions {
    match settings.pooler {
        Pooler::None => options.options([
            ("statement_timeout", milliseconds(settings.statement_timeout)),
            ("lock_timeout", milliseconds(settings.lock_timeout)),
            ("idle_in_transaction_session_timeout", milliseconds(settings.statement_timeout)),
            // Every statement finds its rows by an index, so one plan does for all times. One that was made while a table
            // is small must not read all of it.
            ("plan_cache_mode", "force_generic_plan".to_owned()),
            ("enable_seqscan", "off".to_owned()),
            ("jit", "off".to_owned()),
        ]),
        // A statement that was prepared on one session is not known on the next.
        Pooler::Transaction => options.statement_cache_capacity(0),
    }
}

fn local_limits(settings: &Settings) -> String {
    format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}",
        milliseconds(settings.statement_timeout),
        milliseconds(settings.lock_timeout),
        milliseconds(settings.statement_timeout),
    )
}

/// Writes a span as PostgreSQL takes it. Nothing is 1 ms: 0 would mean without end.
fn milliseconds(span: Duration) -> String {
    span.as_millis().max(1).to_string()
}

#[cfg(test)]
mod tests;
