//! Opening the file.

use std::{collections::BTreeSet, fmt, path::Path, str::FromStr, sync::Arc, time::Duration};

use hongbao_ports::{Clock, Deployment, Fault, Schema};
use sqlx::{
    ConnectOptions, SqlitePool,
    migrate::{Migrate, MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{fault, readiness::OpenedFile};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How the store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite://path/to/file.db`; a relative path counts from the working directory.
    pub url: String,
    /// Whether a file that does not exist is made, with its folder, and an older schema brought up to date. If not, both
    /// are refused: whoever only looks must not change the file under a running server of another version.
    pub create: bool,
    /// How long to wait for another process that writes.
    pub busy_timeout: Duration,
    /// How many connections read side by side.
    pub readers: u32,
}

impl Settings {
    /// The usual settings for the file at `url`: made where it does not exist, 5 s of patience, 4 readers.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), create: true, busy_timeout: Duration::from_secs(5), readers: 4 }
    }
}

/// Says why the store cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL is not one of SQLite.
    Url(sqlx::Error),
    /// The folder cannot be made.
    Folder(std::io::Error),
    /// The file cannot be opened or written, or is not a database.
    File(sqlx::Error),
    /// The schema cannot be brought up to date.
    Migrate(MigrateError),
    /// The schema is not that of this version, or there is none.
    Schema,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url(_) => "the database URL cannot be understood",
            Self::Folder(_) => "the database's folder cannot be made",
            Self::File(_) => "the database file cannot be opened",
            Self::Migrate(_) => "the database's schema cannot be brought up to date",
            Self::Schema => "the database's schema is not that of this version; start the server on it once",
        })
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Url(error) | Self::File(error) => Some(error),
            Self::Folder(error) => Some(error),
            Self::Migrate(error) => Some(error),
            Self::Schema => None,
        }
    }
}

/// A SQLite file with everything that Hongbao keeps.
#[derive(Clone)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer at a time, and waiting in a pool is cheaper than in a busy loop.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) file: Arc<OpenedFile>,
}

impl SqliteStore {
    /// Opens the file and brings its schema up to date. `clock` is the ledger's time and that of the sessions.
    pub async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let options = options(settings)?;
        // The writer never lets go, so that whoever wants the file alone can tell that it is in use.
        let writer = pool(settings, 1).idle_timeout(None).max_lifetime(None);
        let writer = writer.connect_with(options.clone()).await.map_err(OpenError::File)?;
        if settings.create {
            MIGRATIONS.run(&writer).await.map_err(OpenError::Migrate)?;
        } else {
            check_schema(&writer).await?;
        }
        let file = OpenedFile::at(options.get_filename()).map_err(|error| OpenError::File(error.into()))?;
        let readers =
            pool(settings, settings.readers).connect_with(options.read_only(true)).await.map_err(OpenError::File)?;
        Ok(Self { writer, readers, clock, file: Arc::new(file) })
    }

    /// Marks what the store is for, unless it is marked, and gives what it is marked as.
    ///
    /// A store that is not marked but has users or coins was filled by somebody else: it is real, whatever is wanted.
    pub async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        let cannot = |error| fault::of(error, "cannot mark the store");
        let word = deployment.as_str();
        sqlx::query!(
            "INSERT INTO deployment (one, kind)
            SELECT 1, CASE WHEN EXISTS (SELECT * FROM users) OR EXISTS (SELECT * FROM coins) THEN 'real' ELSE ?1 END
            WHERE TRUE
            ON CONFLICT DO NOTHING",
            word
        )
        .execute(&self.writer)
        .await
        .map_err(cannot)?;
        let kind = sqlx::query_scalar!("SELECT kind FROM deployment").fetch_one(&self.writer).await.map_err(cannot)?;
        Ok(kind.parse().map_err(|_| fault::Unreadable("a kind of deployment"))?)
    }

    /// Closes the file after what runs; its log is folded in.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Brings the schema of a file up to date, which is made where it does not exist, and gives the names of the migrations
/// that were applied.
pub async fn migrate(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let writer = pool(settings, 1).connect_with(options(settings)?).await.map_err(OpenError::File)?;
    let applied = applied(&writer).await?;
    MIGRATIONS.run(&writer).await.map_err(OpenError::Migrate)?;
    writer.close().await;
    let missing = MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.version));
    Ok(missing.map(|one| format!("{:04}_{}", one.version, one.description.replace(' ', "_"))).collect())
}

/// Gives the versions that were applied; none where there is no schema at all.
async fn applied(writer: &SqlitePool) -> Result<BTreeSet<i64>, OpenError> {
    let mut connection = writer.acquire().await.map_err(OpenError::File)?;
    match connection.list_applied_migrations("_sqlx_migrations").await {
        Ok(applied) => Ok(applied.into_iter().map(|migration| migration.version).collect()),
        Err(MigrateError::Execute(error)) if is_not_ours(&error) => Ok(BTreeSet::new()),
        Err(error) => Err(OpenError::Migrate(error)),
    }
}

/// Says how the file is opened, and makes its folder if it may be made.
fn options(settings: &Settings) -> Result<SqliteConnectOptions, OpenError> {
    let options = SqliteConnectOptions::from_str(&settings.url)
        .map_err(OpenError::Url)?
        .create_if_missing(settings.create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(settings.busy_timeout)
        // Nor each statement that is slow.
        .disable_statement_logging();
    if settings.create
        && let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new(""))
    {
        std::fs::create_dir_all(folder).map_err(OpenError::Folder)?;
    }
    Ok(options)
}

fn pool(settings: &Settings, size: u32) -> SqlitePoolOptions {
    let patience = settings.busy_timeout + Duration::from_secs(1);
    // The library would log each that waits long, thousands in a flood.
    let never = Duration::MAX;
    SqlitePoolOptions::new().max_connections(size).acquire_timeout(patience).acquire_slow_threshold(never)
}

/// Refuses a schema that is not the one that this version knows.
async fn check_schema(writer: &SqlitePool) -> Result<(), OpenError> {
    match schema(writer).await {
        Ok(Schema::Current) => Ok(()),
        Ok(Schema::Other) => Err(OpenError::Schema),
        Err(error) if is_not_ours(&error) => Err(OpenError::Schema),
        Err(error) => Err(OpenError::File(error)),
    }
}

/// Compares the schema with what this version knows.
pub(crate) async fn schema(pool: &SqlitePool) -> Result<Schema, sqlx::Error> {
    let wanted = MIGRATIONS.iter().map(|migration| migration.version).max();
    let found = sqlx::query_scalar!("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(pool).await?;
    Ok(if found == wanted { Schema::Current } else { Schema::Other })
}

/// Says whether a table was not there.
pub(crate) fn is_not_ours(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().starts_with("no such table"))
}
