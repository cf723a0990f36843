//! Opening the database.

use std::{fmt, sync::Arc, time::Duration};

use hongbao_ledger::rows::Unreadable;
use hongbao_ports::{Deployment, Fault, Ids};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::timeout;

use crate::{
    Address, AddressError, EnvironmentError, MigrateError, Pooler, Settings, Time,
    environment::{self, Sent},
    fault::{self, is_of_a_pooler},
    migrate,
    pools::{Pools, Purpose},
    query::Lookups,
    transaction::Verdict,
};

/// Says why the store cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL cannot be used.
    Url(AddressError),
    /// The database cannot be reached, or does not let us in.
    Connect(sqlx::Error),
    /// A pooler does not pass on the limits of a session.
    Pooled(sqlx::Error),
    /// The database is not one that the store can be kept in.
    Environment(EnvironmentError),
    /// The schema cannot be brought up to date, or is not that of this version.
    Migrate(MigrateError),
    /// Migrations would go through a pooler that gives us another session in each transaction.
    NoDirectUrl,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url(_) => "the database's address cannot be used",
            Self::Connect(_) => "the database cannot be reached",
            Self::Environment(_) => "the database does not fit",
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
            Self::Url(error) => Some(error),
            Self::Connect(error) | Self::Pooled(error) => Some(error),
            Self::Environment(error) => Some(error),
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

/// A PostgreSQL database with everything that Hongbao keeps. A clone is the same.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) pools: Arc<Pools>,
    /// Whose connections reads take.
    pub(crate) reads: Purpose,
    /// Whose connections questions about a lost commit take.
    pub(crate) questions: Purpose,
    pub(crate) time: Time,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) lookups: Lookups,
    pub(crate) begins: Arc<Begins>,
    pub(crate) retry_timeout: Duration,
    /// What every session must show.
    pub(crate) sent: Option<Sent>,
}

/// How transactions begin.
pub(crate) struct Begins {
    /// One that writes.
    pub(crate) step: String,
    /// A batch.
    pub(crate) batch: String,
    /// One that reads one statement; `None`: no transaction is needed for that.
    pub(crate) read: Option<String>,
    /// One that reads several.
    pub(crate) snapshot: String,
}

impl Begins {
    fn new(settings: &Settings) -> Self {
        let (limits, read) = match settings.pooler {
            Pooler::None => (String::new(), None),
            Pooler::Transaction => {
                let limits = format!("; {}", local_limits(settings));
                let read = format!("BEGIN READ ONLY{limits}");
                (limits, Some(read))
            }
        };
        Self {
            step: format!("BEGIN{limits}"),
            batch: format!("BEGIN{limits}; {BY_KEYS}"),
            read,
            snapshot: format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{limits}"),
        }
    }
}

impl PostgresStore {
    /// Opens the database and brings its schema up to date, or checks it. `time` is the ledger's and that of sessions.
    ///
    /// Call it on a tokio runtime.
    pub async fn open(settings: &Settings, time: Time, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        if settings.migrate && settings.pooler == Pooler::Transaction && settings.migration_url.is_none() {
            return Err(OpenError::NoDirectUrl);
        }
        let options = session(options(&settings.url)?, settings);
        reach(&options, settings).await?;
        let store = Self {
            pools: Arc::new(Pools::new(settings.connections, &options, settings.acquire_timeout)),
            reads: Purpose::Read,
            questions: Purpose::Batch,
            lookups: Lookups::default(),
            time,
            ids,
            begins: Arc::new(Begins::new(settings)),
            retry_timeout: settings.retry_timeout,
            sent: sent(settings.pooler),
        };
        if settings.migrate {
            migrate::migrate(settings).await.map_err(OpenError::Migrate)?;
        } else {
            let mut connection = store.pools.of(Purpose::Probe).acquire().await.map_err(OpenError::Connect)?;
            migrate::check(&mut connection).await.map_err(OpenError::Migrate)?;
        }
        Ok(store)
    }

    /// Gives the same store for work that no request waits for: it has connections of its own, and takes none of theirs.
    #[must_use]
    pub fn for_background(&self) -> Self {
        Self { reads: Purpose::Background, lookups: Lookups::default(), ..self.clone() }
    }

    /// Marks what the store is for, unless it is marked, and gives what it is marked as.
    ///
    /// A store that is not marked but has users or coins was filled by somebody else: it is real, whatever is wanted.
    pub async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        let cannot = |error| fault::of(error, "cannot mark the store");
        let kind = self.run(move |mut tx| {
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
                let kind = sqlx::query_scalar!("SELECT kind FROM deployment").fetch_one(&mut *tx).await;
                kind.map(Verdict::Commit).map_err(cannot)
            })
        });
        kind.await?.parse().map_err(|_| Unreadable("a kind of deployment").into())
    }

    /// Closes all connections after what runs.
    pub async fn close(&self) {
        self.pools.close().await;
    }
}

/// Reads an address. Slow statements are not logged one by one: under load there would be thousands.
fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let address: Address = url.parse().map_err(OpenError::Url)?;
    let options = address.options().map_err(OpenError::Connect)?;
    Ok(options.application_name("hongbao").disable_statement_logging())
}

/// Makes one connection and asks what is there. A pool would only say that it waited in vain, and not why.
async fn reach(options: &PgConnectOptions, settings: &Settings) -> Result<(), OpenError> {
    let asking = async {
        let mut connection = PgConnection::connect_with(options).await?;
        let checked = environment::check(&mut connection, sent(settings.pooler)).await?;
        connection.close().await?;
        Ok(checked)
    };
    let asked = timeout(settings.acquire_timeout, asking).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let checked = asked
        .map_err(|error| if is_of_a_pooler(&error) { OpenError::Pooled(error) } else { OpenError::Connect(error) });
    checked?.map_err(OpenError::Environment)
}

/// What each session of ours has that no other has, where there is no pooler that drops it.
const PLANS: Sent = Sent { name: "plan_cache_mode", value: "force_generic_plan" };

/// Gives what every session must show.
pub(crate) const fn sent(pooler: Pooler) -> Option<Sent> {
    match pooler {
        Pooler::None => Some(PLANS),
        Pooler::Transaction => None,
    }
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
            (PLANS.name, PLANS.value.to_owned()),
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
