//! The schema and its versions.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection,
    migrate::{Migrate, Migrator},
    postgres::PgConnectOptions,
};
use tokio::time::timeout;

use crate::{
    Address, AddressError, EnvironmentError, Settings,
    environment::{self, Sent},
    fault::is_of_a_pooler,
};

/// The table in which the library keeps what was applied.
const APPLIED: &str = "_sqlx_migrations";

/// Gives the migrations of this version. Those of a newer one may have been applied: they never take away what the
/// version before them needs, so that servers of both can run while they are replaced.
fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("../../migrations/postgres");
    migrations.set_locking(false).set_ignore_missing(true);
    migrations
}

/// How long one waits while another server migrates.
const LOCK_TIMEOUT: Duration = Duration::from_mins(5);

/// Says why the schema cannot be used.
#[derive(Debug)]
pub enum MigrateError {
    /// The database cannot be asked or changed.
    Database(sqlx::Error),
    /// The address cannot be used.
    Url(AddressError),
    /// The database is not one that the store can be kept in.
    Environment(EnvironmentError),
    /// A pooler stands between us and the database.
    Pooled(sqlx::Error),
    /// A migration cannot be applied.
    Migration(sqlx::migrate::MigrateError),
    /// The database does not answer.
    Silent,
    /// Another server has been at it for longer than one waits.
    Busy,
    /// These migrations are missing, and applying them is not allowed now.
    Missing(Vec<String>),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => f.write_str("the database's address cannot be used"),
            Self::Environment(_) => f.write_str("the database does not fit"),
            Self::Database(_) => f.write_str("the schema's version cannot be read"),
            Self::Pooled(_) => {
                f.write_str("migrations cannot go through a pooler; set database.migration_url to the database itself")
            }
            Self::Migration(_) => f.write_str("a migration cannot be applied"),
            Self::Silent => f.write_str("the database does not answer"),
            Self::Busy => f.write_str("another server has been migrating it for minutes"),
            Self::Missing(names) => write!(f, "it lacks the migrations {}; run `hongbao migrate`", names.join(", ")),
        }
    }
}

impl std::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Url(error) => Some(error),
            Self::Environment(error) => Some(error),
            Self::Database(error) | Self::Pooled(error) => Some(error),
            Self::Migration(error) => Some(error),
            Self::Silent | Self::Busy | Self::Missing(_) => None,
        }
    }
}

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// What is there already is nothing to notice. Where a pooler drops it, there is no session to migrate in.
const QUIET: Sent = Sent { name: "client_min_messages", value: "warning" };

/// Brings the schema up to date and gives the names of the migrations that were applied. Of several servers that do this
/// at once, one migrates and the others wait for it.
///
/// The lock is a row: the advisory lock of the library is not known to every engine.
pub async fn migrate(settings: &Settings) -> Result<Vec<String>, MigrateError> {
    let url = settings.migration_url.as_deref().unwrap_or(&settings.url);
    let address: Address = url.parse().map_err(MigrateError::Url)?;
    let options = address.options()?.application_name("hongbao migrate");
    let options = options.options([(QUIET.name, QUIET.value)]);
    let mut guard = connect(&options, settings.acquire_timeout).await?;
    environment::check(&mut guard, Some(QUIET)).await?.map_err(MigrateError::Environment)?;
    add_lock(&mut guard).await?;
    let mut tx = guard.begin().await?;
    let limit = LOCK_TIMEOUT.as_millis();
    let limits = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
    tx.execute(AssertSqlSafe(format!("SET LOCAL lock_timeout = {limit}; {limits}"))).await?;
    match tx.execute("SELECT FROM migration_lock FOR UPDATE").await {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "55P03") => {
            return Err(MigrateError::Busy);
        }
        locked => locked?,
    };
    let mut worker = connect(&options, settings.acquire_timeout).await?;
    let missing = missing(&applied(&mut worker).await?);
    migrations().run_direct(None, &mut worker, false).await.map_err(MigrateError::Migration)?;
    worker.close().await?;
    tx.commit().await?;
    guard.close().await?;
    Ok(missing)
}

async fn connect(options: &PgConnectOptions, limit: Duration) -> Result<PgConnection, MigrateError> {
    let connected = timeout(limit, PgConnection::connect_with(options)).await.map_err(|_| MigrateError::Silent)?;
    connected.map_err(
        |error| {
            if is_of_a_pooler(&error) { MigrateError::Pooled(error) } else { MigrateError::Database(error) }
        },
    )
}

/// What a session hears that makes what another makes at the same moment: a row, a table, the table's type.
const MADE_MEANWHILE: [&str; 3] = ["23505", "42P07", "42710"];

/// Makes the row that is locked. Two may try at once: the loser finds it there.
async fn add_lock(guard: &mut PgConnection) -> Result<(), MigrateError> {
    let add = "CREATE TABLE IF NOT EXISTS migration_lock (one SMALLINT PRIMARY KEY CHECK (one = 1));
        INSERT INTO migration_lock VALUES (1) ON CONFLICT DO NOTHING";
    match guard.execute(add).await {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| MADE_MEANWHILE.contains(&&*code)) => {
            guard.execute(add).await?;
        }
        added => {
            added?;
        }
    }
    Ok(())
}

/// Gives a number that is another one for other migrations, so that tests know whether a template database is theirs.
pub fn schema_fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    for migration in migrations().iter() {
        migration.checksum.hash(&mut hasher);
    }
    hasher.finish()
}

/// Refuses a schema that lacks what this version needs. One that has more is fine: see [`migrations`].
pub(crate) async fn check(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let missing = missing(&applied(connection).await?);
    if missing.is_empty() { Ok(()) } else { Err(MigrateError::Missing(missing)) }
}

/// What a database has of this version's migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    /// None was ever applied.
    Nothing,
    /// All of them, and no others.
    All,
    /// Some of them, or others.
    Others,
}

/// Compares what was applied with this version. Unlike [`check`], it knows no newer one.
pub(crate) async fn found(connection: &mut PgConnection) -> Result<Applied, MigrateError> {
    let applied = applied(connection).await?;
    let known = migrations();
    Ok(match applied {
        none if none.is_empty() => Applied::Nothing,
        all if all.keys().copied().eq(known.iter().map(|migration| migration.version)) => Applied::All,
        _ => Applied::Others,
    })
}

/// What was applied: versions and checksums.
type Versions = BTreeMap<i64, Cow<'static, [u8]>>;

/// Gives what was applied; nothing where there is no schema at all. A migration that was not applied to its end, or was
/// another one then, is refused.
async fn applied(connection: &mut PgConnection) -> Result<Versions, MigrateError> {
    // In a transaction of its own, or within the caller's: a table that is missing breaks it.
    let mut tx = connection.begin().await?;
    let applied: Versions = match tx.list_applied_migrations(APPLIED).await {
        Ok(applied) => applied.into_iter().map(|migration| (migration.version, migration.checksum)).collect(),
        Err(sqlx::migrate::MigrateError::Execute(error)) if is_missing_table(&error) => return Ok(Versions::new()),
        Err(error) => return Err(MigrateError::Migration(error)),
    };
    if let Some(version) = tx.dirty_version(APPLIED).await.map_err(MigrateError::Migration)? {
        return Err(MigrateError::Migration(sqlx::migrate::MigrateError::Dirty(version)));
    }
    tx.commit().await?;
    for migration in migrations().iter() {
        if applied.get(&migration.version).is_some_and(|checksum| *checksum != migration.checksum) {
            let error = sqlx::migrate::MigrateError::VersionMismatch(migration.version);
            return Err(MigrateError::Migration(error));
        }
    }
    Ok(applied)
}

pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().is_some_and(|code| code == "42P01"))
}

fn missing(applied: &Versions) -> Vec<String> {
    let migrations = migrations();
    let missing = migrations.iter().filter(|migration| !applied.contains_key(&migration.version));
    missing.map(|migration| format!("{:04}_{}", migration.version, migration.description.replace(' ', "_"))).collect()
}
