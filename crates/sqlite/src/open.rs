//! Opening the file.

use std::{
    collections::BTreeSet,
    io,
    path::Path,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use hongbao_ports::{Clock, Deployment, Fault, Ids, Schema};
use hongbao_store::{Verdict, rows::Unreadable};
use sqlx::{
    ConnectOptions, Executor, SqlitePool,
    migrate::{Migrate, MigrateError},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Settings,
    access::find_denied,
    fault,
    lane::Lanes,
    lock::ServerLock,
    log,
    open_error::{OpenError, cannot_open},
    opened_file::OpenedFile,
    schema::{MIGRATIONS, is_not_ours, schema},
    store::{Lookups, SqliteStore},
    transaction::Tx,
};

/// A log that has grown longer beside a reader is cut to this when it begins anew: twice what SQLite lets it grow to before
/// it folds it in. In bytes.
const LOG_LIMIT: &str = "8388608";

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
    /// A store that is not marked but has users or coins was filled by another writer: it is real, whatever is wanted.
    pub async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        self.run(move |tx| Box::pin(async move { mark(tx, deployment).await.map(Verdict::Commit) })).await
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
