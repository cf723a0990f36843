//! Opening the file.

use std::{
    collections::BTreeSet,
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hongbao_ledger::rows::Unreadable;
use hongbao_ports::{Clock, Deployment, Fault, Ids, Schema};
use sqlx::{
    ConnectOptions, Executor, SqliteConnection, SqlitePool,
    migrate::{Migrate, MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    access::{Denied, find_denied},
    fault,
    lane::Lanes,
    lock::ServerLock,
    log,
    query::Lookups,
    readiness::OpenedFile,
    transaction::{Tx, Verdict},
};

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
    /// Whether this is the server, of which a file has one: it takes the file's lock, and proves a file that a server left
    /// without closing it. Others work beside it: commands of an administrator.
    pub serves: bool,
    /// For how long a step is attempted before its caller is told that the store is unavailable.
    pub retry_timeout: Duration,
    /// How many connections read side by side for requests. Sweeps, probes and audits have their own.
    pub readers: u32,
}

impl Settings {
    /// The usual settings for the file at `url`: made where it does not exist, beside others, 5 s for a lock and for a step,
    /// 4 readers.
    pub fn new(url: impl Into<String>) -> Self {
        let five = Duration::from_secs(5);
        Self { url: url.into(), create: true, busy_timeout: five, serves: false, retry_timeout: five, readers: 4 }
    }
}

/// Says why the store cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL is not one of SQLite.
    Url(sqlx::Error),
    /// The folder cannot be made.
    Folder(io::Error),
    /// The file or its folder is another user's, who does not let this process in.
    Denied(Denied),
    /// Another server has the file.
    InUse,
    /// The log beside the file is not its own, or the file is damaged.
    StrangeLog {
        /// The log.
        log: PathBuf,
        /// What was found.
        what: String,
    },
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
            Self::Denied(denied) => return denied.fmt(f),
            Self::InUse => "another server is running on this file; a file has one server, PostgreSQL any number",
            Self::StrangeLog { log, what } => {
                return write!(
                    f,
                    "{} does not belong to this file, or the file is damaged ({what}); if the file was restored from a \
                    backup, the log is that of the former file: move it and the -shm file away. Nothing was changed",
                    log.display()
                );
            }
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
            Self::Schema | Self::Denied(_) | Self::InUse | Self::StrangeLog { .. } => None,
        }
    }
}

/// A log that has grown longer beside a reader is cut to this when it begins anew: twice what SQLite lets it grow to before
/// it folds it in. In bytes.
const LOG_LIMIT: &str = "8388608";

/// A SQLite file with everything that Hongbao keeps.
#[derive(Clone)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer at a time, and waiting in a pool is cheaper than in a busy loop.
    pub(crate) writer: SqlitePool,
    /// For what every request asks first.
    pub(crate) asking: SqlitePool,
    pub(crate) lookups: Lookups,
    /// For requests.
    pub(crate) readers: SqlitePool,
    /// For what looks for work in the background.
    pub(crate) sweeps: SqlitePool,
    /// For the question whether the store is ready. It never lets go, so that an archive, which wants the file alone, can
    /// tell that it is in use.
    pub(crate) probe: SqlitePool,
    /// How a connection is opened that reads for long.
    pub(crate) reading: SqliteConnectOptions,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) retry_timeout: Duration,
    pub(crate) file: Arc<OpenedFile>,
    pub(crate) log: Arc<OpenedFile>,
    /// Given back when everything is closed.
    lock: Arc<Mutex<Option<ServerLock>>>,
}

impl SqliteStore {
    /// Opens the file and brings its schema up to date. `clock` is the ledger's time and that of the sessions, `ids` name
    /// attempts.
    pub async fn open(settings: &Settings, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        let options = options(settings)?;
        let path = options.get_filename().to_owned();
        let lock = if settings.serves { Some(lock(&path)?) } else { None };
        if settings.serves {
            log::check(&options).await?;
        }
        let first = connect(&options, settings.create).await?;
        if settings.create {
            MIGRATIONS.run(&first).await.map_err(OpenError::Migrate)?;
        } else {
            check_schema(&first).await?;
        }
        let file = Arc::new(OpenedFile::store(&path).map_err(|error| OpenError::File(error.into()))?);
        // From here on no file is made any more: one that is gone must not come back empty.
        let options = options.create_if_missing(false);
        let reading = options.clone().read_only(true);
        let pool = |size| pool(settings, size, &file);
        let for_good = |pool: SqlitePoolOptions| pool.idle_timeout(None).max_lifetime(None);
        let log = OpenedFile::log_of(&path).map_err(|error| OpenError::File(error.into()))?;
        let store = Self {
            writer: for_good(pool(1)).connect_with(options).await.map_err(OpenError::File)?,
            asking: pool(1).connect_with(reading.clone()).await.map_err(OpenError::File)?,
            lookups: Lookups::default(),
            readers: pool(settings.readers).connect_with(reading.clone()).await.map_err(OpenError::File)?,
            sweeps: pool(1).connect_with(reading.clone()).await.map_err(OpenError::File)?,
            probe: for_good(pool(1)).connect_with(reading.clone()).await.map_err(OpenError::File)?,
            reading,
            lanes: Arc::new(Lanes::new()),
            clock,
            ids,
            retry_timeout: settings.retry_timeout,
            file,
            log: Arc::new(log),
            lock: Arc::new(Mutex::new(lock)),
        };
        first.close().await;
        Ok(store)
    }

    /// Marks what the store is for, unless it is marked, and gives what it is marked as.
    ///
    /// A store that is not marked but has users or coins was filled by somebody else: it is real, whatever is wanted.
    pub async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        self.run(move |tx| Box::pin(async move { mark(tx, deployment).await.map(Verdict::Commit) })).await
    }

    /// Closes the file after what runs; its log is folded in.
    pub async fn close(&self) {
        self.asking.close().await;
        self.readers.close().await;
        self.sweeps.close().await;
        self.probe.close().await;
        // The last one folds the log in.
        self.writer.close().await;
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

async fn mark(mut tx: Tx<'_, '_>, deployment: Deployment) -> Result<Deployment, Fault> {
    let cannot = |error| fault::of(error, "cannot mark the store");
    let word = deployment.as_str();
    sqlx::query!(
        "INSERT INTO deployment (one, kind)
        SELECT 1, CASE WHEN EXISTS (SELECT * FROM users) OR EXISTS (SELECT * FROM coins) THEN 'real' ELSE ?1 END
        WHERE TRUE
        ON CONFLICT DO NOTHING",
        word
    )
    .execute(&mut *tx)
    .await
    .map_err(cannot)?;
    let kind = sqlx::query_scalar!("SELECT kind FROM deployment").fetch_one(&mut *tx).await.map_err(cannot)?;
    Ok(kind.parse().map_err(|_| Unreadable("a kind of deployment"))?)
}

/// Brings the schema of a file up to date, which is made where it does not exist, and gives the names of the migrations
/// that were applied.
pub async fn migrate(settings: &Settings) -> Result<Vec<String>, OpenError> {
    let options = options(settings)?;
    log::check(&options).await?;
    let writer = connect(&options, true).await?;
    let applied = applied(&writer).await?;
    MIGRATIONS.run(&writer).await.map_err(OpenError::Migrate)?;
    writer.close().await;
    let missing = MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.version));
    Ok(missing.map(|one| format!("{:04}_{}", one.version, one.description.replace(' ', "_"))).collect())
}

/// Opens one connection, and asks for the write lock if it is to write: SQLite opens a file that can only be read, and the
/// first step would be the first to notice.
async fn connect(options: &SqliteConnectOptions, writes: bool) -> Result<SqlitePool, OpenError> {
    let cannot = |error| cannot_open(error, options.get_filename());
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.map_err(cannot)?;
    if !writes {
        return Ok(pool);
    }
    let begun = match pool.begin_with("BEGIN IMMEDIATE").await {
        // On a file that can only be read, SQLite begins to read, and says so at the first write.
        Ok(mut tx) => match tx.execute("PRAGMA user_version = 0").await {
            Ok(_) => tx.rollback().await,
            Err(error) => Err(error),
        },
        // Another process writes just now, so it can be done.
        Err(error) if fault::primary_code(&error) == Some(fault::BUSY) => Ok(()),
        Err(error) => Err(error),
    };
    begun.map_err(cannot)?;
    Ok(pool)
}

/// Says why a file cannot be opened, in the terms of an operator where that can be found out.
pub(crate) fn cannot_open(error: sqlx::Error, file: &Path) -> OpenError {
    /// `SQLITE_PERM`, `SQLITE_READONLY`, `SQLITE_IOERR` and `SQLITE_CANTOPEN`.
    const BARRED: [i64; 4] = [3, 8, 10, 14];
    let is_barred = fault::primary_code(&error).is_some_and(|code| BARRED.contains(&code));
    match find_denied(file) {
        Some(denied) if is_barred => OpenError::Denied(denied),
        Some(_) | None => OpenError::File(error),
    }
}

/// Takes the lock of the only server.
fn lock(file: &Path) -> Result<ServerLock, OpenError> {
    match ServerLock::take(file) {
        Ok(taken) => taken.ok_or(OpenError::InUse),
        Err(error) => Err(match find_denied(file) {
            Some(denied) if error.kind() == io::ErrorKind::PermissionDenied => OpenError::Denied(denied),
            Some(_) | None => OpenError::File(error.into()),
        }),
    }
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
        .pragma("journal_size_limit", LOG_LIMIT)
        .busy_timeout(settings.busy_timeout)
        // The library would log each statement that is slow, thousands in a flood.
        .disable_statement_logging();
    if settings.create
        && let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new(""))
    {
        std::fs::create_dir_all(folder).map_err(|error| match find_denied(options.get_filename()) {
            Some(denied) if error.kind() == io::ErrorKind::PermissionDenied => OpenError::Denied(denied),
            Some(_) | None => OpenError::Folder(error),
        })?;
    }
    Ok(options)
}

/// Makes a pool of connections to the very file that was opened.
fn pool(settings: &Settings, size: u32, file: &Arc<OpenedFile>) -> SqlitePoolOptions {
    let (acquire_timeout, file) = (settings.busy_timeout + Duration::from_secs(1), Arc::clone(file));
    // The library would log each that waits long, thousands in a flood.
    let never = Duration::MAX;
    let options =
        SqlitePoolOptions::new().max_connections(size).acquire_timeout(acquire_timeout).acquire_slow_threshold(never);
    options.after_connect(move |_, _| {
        let is_same = file.check().map_err(|fault| sqlx::Error::Io(io::Error::other(fault)));
        Box::pin(async move { is_same })
    })
}

/// Refuses a schema that is not the one that this version knows.
async fn check_schema(pool: &SqlitePool) -> Result<(), OpenError> {
    match schema(pool).await {
        Ok(Schema::Current) => Ok(()),
        Ok(Schema::Other) => Err(OpenError::Schema),
        Err(error) if is_not_ours(&error) => Err(OpenError::Schema),
        Err(error) => Err(OpenError::File(error)),
    }
}

/// Compares the schema with what this version knows.
pub(crate) async fn schema(pool: &SqlitePool) -> Result<Schema, sqlx::Error> {
    schema_of(&mut *pool.acquire().await?).await
}

/// Compares the schema with what this version knows.
pub(crate) async fn schema_of(connection: &mut SqliteConnection) -> Result<Schema, sqlx::Error> {
    let wanted = MIGRATIONS.iter().map(|migration| migration.version).max();
    let found = sqlx::query_scalar!("SELECT max(version) FROM _sqlx_migrations WHERE success");
    let found = found.fetch_one(connection).await?;
    Ok(if found == wanted { Schema::Current } else { Schema::Other })
}

/// Says whether a table was not there.
pub(crate) fn is_not_ours(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().starts_with("no such table"))
}
