//! The schema and its versions.

use std::{
    collections::BTreeSet,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection,
    migrate::{Migrate, Migrator},
    postgres::PgConnectOptions,
};

use crate::{PostgresStore, Settings};

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
const PATIENCE: Duration = Duration::from_mins(5);

/// Says why the schema cannot be used.
#[derive(Debug)]
pub enum MigrateError {
    /// The database cannot be asked or changed.
    Database(sqlx::Error),
    /// A migration cannot be applied.
    Migration(sqlx::migrate::MigrateError),
    /// These migrations are missing, and nobody is allowed to apply them now.
    Missing(Vec<String>),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(_) => f.write_str("the schema's version cannot be read"),
            Self::Migration(_) => f.write_str("a migration cannot be applied"),
            Self::Missing(names) => write!(f, "it lacks the migrations {}; run `hongbao migrate`", names.join(", ")),
        }
    }
}

impl std::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) => Some(error),
            Self::Migration(error) => Some(error),
            Self::Missing(_) => None,
        }
    }
}

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Brings the schema up to date and gives the names of the migrations that were applied. Of several servers that do this
/// at once, one migrates and the others wait for it.
///
/// The lock is a row: the advisory lock of the library is not known to every engine.
pub async fn migrate(settings: &Settings) -> Result<Vec<String>, MigrateError> {
    let url = settings.migration_url.as_deref().unwrap_or(&settings.url);
    let options = PgConnectOptions::from_str(url)?.application_name("hongbao migrate");
    // What is there already is nothing to notice.
    let options = options.options([("client_min_messages", "warning")]);
    let mut guard = PgConnection::connect_with(&options).await?;
    add_lock(&mut guard).await?;
    let mut tx = guard.begin().await?;
    let patience = PATIENCE.as_millis();
    tx.execute(AssertSqlSafe(format!("SET LOCAL lock_timeout = {patience}"))).await?;
    tx.execute("SELECT FROM migration_lock FOR UPDATE").await?;
    let mut worker = PgConnection::connect_with(&options).await?;
    let missing = missing(&applied(&mut worker).await?);
    migrations().run_direct(None, &mut worker, false).await.map_err(MigrateError::Migration)?;
    worker.close().await?;
    tx.commit().await?;
    guard.close().await?;
    Ok(missing)
}

/// What the loser may hear, depending on how far the winner is: a name in the catalogue, the table or its row type is
/// taken.
const TAKEN: [&str; 3] = ["23505", "42P07", "42710"];

/// Makes the row that is locked. Two may try at once: the loser finds it there.
async fn add_lock(guard: &mut PgConnection) -> Result<(), MigrateError> {
    let add = "CREATE TABLE IF NOT EXISTS migration_lock (one SMALLINT PRIMARY KEY CHECK (one = 1));
        INSERT INTO migration_lock VALUES (1) ON CONFLICT DO NOTHING";
    match guard.execute(add).await {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| TAKEN.contains(&code.as_ref())) => {
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

/// Refuses a schema that lacks what this version needs.
pub(crate) async fn check(store: &PostgresStore) -> Result<(), MigrateError> {
    let mut connection = store.pool.acquire().await?;
    let missing = missing(&applied(&mut connection).await?);
    if missing.is_empty() { Ok(()) } else { Err(MigrateError::Missing(missing)) }
}

/// Gives the versions that were applied; none where there is no schema at all.
async fn applied(connection: &mut PgConnection) -> Result<BTreeSet<i64>, MigrateError> {
    let mut tx = connection.begin().await?;
    match tx.list_applied_migrations(APPLIED).await {
        Ok(applied) => Ok(applied.into_iter().map(|migration| migration.version).collect()),
        Err(sqlx::migrate::MigrateError::Execute(error)) if is_missing_table(&error) => Ok(BTreeSet::new()),
        Err(error) => Err(MigrateError::Migration(error)),
    }
}

fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().is_some_and(|code| code == "42P01"))
}

fn missing(applied: &BTreeSet<i64>) -> Vec<String> {
    let migrations = migrations();
    let missing = migrations.iter().filter(|migration| !applied.contains(&migration.version));
    missing.map(|migration| format!("{:04}_{}", migration.version, migration.description.replace(' ', "_"))).collect()
}
