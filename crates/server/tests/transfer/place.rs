//! Stores in a folder and on a server, as rigs and as archives.
#![expect(clippy::unwrap_used, reason = "a store that cannot be set up fails the test that wants it")]

use std::sync::Arc;

use futures_util::TryStreamExt;
use hongbao_ports::{Readiness, Retention, query::Queries};
use hongbao_postgres::{PostgresArchive, PostgresStore, Time};
use hongbao_sqlite::{SqliteArchive, SqliteStore};
use hongbao_store::archive::transfer::{Moved, NotMoved, transfer};
use hongbao_store::archive::{Archive, Page, Table};
use hongbao_store::{Batches, Store};
use hongbao_testbed::Database;
use hongbao_testkit::{ManualClock, Ports, SeqIds, TestStore};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// A folder for files and one time for all stores.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<SeqIds>,
}

/// A store that is open, and how to close it.
pub(crate) struct Opened<S> {
    pub(crate) test_store: TestStore,
    pub(crate) batches: Arc<Batches>,
    pub(crate) store: Arc<S>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(ManualClock::default()),
            ids: Arc::new(SeqIds::new()),
        }
    }

    pub(crate) fn file(&self, name: &str) -> String {
        format!("sqlite://{}/{name}", self.folder.path().display())
    }

    fn opened<S>(&self, store: S) -> Opened<S>
    where
        S: Store + Queries + Readiness + Retention + 'static,
    {
        let store = Arc::new(store);
        let (ports, batches) = Ports::start(store.clone(), self.ids.clone(), hongbao_store::Settings::default());
        let test_store = TestStore::new(ports, None, self.clock.clone(), self.ids.clone(), Box::new(()));
        Opened { test_store, batches, store }
    }

    pub(crate) async fn sqlite(&self, url: &str) -> Opened<SqliteStore> {
        let settings = hongbao_sqlite::Settings::new(url);
        self.opened(SqliteStore::open(&settings, self.clock.clone(), self.ids.clone()).await.unwrap())
    }

    pub(crate) async fn postgres(&self, url: &str) -> Opened<PostgresStore> {
        let settings = hongbao_postgres::Settings { migrate: false, ..hongbao_postgres::Settings::new(url) };
        let time = Time::Given(self.clock.clone());
        self.opened(PostgresStore::open(&settings, time, self.ids.clone()).await.unwrap())
    }
}

impl Opened<SqliteStore> {
    pub(crate) async fn close(self) {
        self.batches.close().await;
        self.store.close().await;
    }
}

impl Opened<PostgresStore> {
    pub(crate) async fn close(self) {
        self.batches.close().await;
        self.store.close().await;
    }
}

/// A database of the test's own, with the schema of this version.
pub(crate) async fn database() -> Database {
    let migrate = async |url| {
        hongbao_postgres::migrate(&hongbao_postgres::Settings::new(url)).await.unwrap();
    };
    let template = format!("hongbao_{:016x}", hongbao_postgres::schema_fingerprint());
    hongbao_testbed::fresh_database(&template, migrate).await.unwrap()
}

/// Does something to a file behind its store's back.
pub(crate) async fn meddle(url: &str, sql: &'static str) {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// Moves a file into a database, and keeps it if all is well.
pub(crate) async fn to_postgres(
    from: &str,
    to: &str,
    copied: &mut (dyn FnMut(Table, u64) + Send),
) -> Result<Moved, NotMoved> {
    let source: Box<dyn Archive> = Box::new(SqliteArchive::open(from).await.unwrap());
    let target: Box<dyn Archive> = Box::new(PostgresArchive::open(to).await.unwrap());
    between(source, target, copied).await
}

/// Moves one store into another, and keeps it if all is well.
pub(crate) async fn between(
    mut source: Box<dyn Archive>,
    mut target: Box<dyn Archive>,
    copied: &mut (dyn FnMut(Table, u64) + Send),
) -> Result<Moved, NotMoved> {
    let moved = transfer(source.as_mut(), target.as_mut(), copied).await;
    match &moved {
        Ok(_) => target.keep().await.unwrap(),
        Err(_) => target.leave().await,
    }
    source.leave().await;
    moved
}

/// Gives a number for what each table of a file holds.
pub(crate) async fn sums(file: &str) -> Vec<(Table, u128)> {
    let mut archive = SqliteArchive::open(file).await.unwrap();
    let mut sums = Vec::new();
    for table in Table::ALL {
        let pages: Vec<_> = archive.pages(*table).try_collect().await.unwrap();
        sums.push((*table, pages.iter().map(Page::digest).fold(0, u128::wrapping_add)));
    }
    Box::new(archive).leave().await;
    sums
}

/// How many rows all tables have together.
pub(crate) fn rows(database: &Database) -> u64 {
    let counts = Table::ALL.iter().map(|table| format!("(SELECT count(*) FROM {})", table.as_str()));
    let sum = counts.collect::<Vec<_>>().join(" + ");
    database.psql(&format!("SELECT {sum}")).unwrap().parse().unwrap()
}

/// The same as [`meddle`] for what foreign keys would not let happen.
pub(crate) async fn meddle_without_walls(url: &str, sql: &'static str) {
    let options: SqliteConnectOptions = url.parse().unwrap();
    let mut connection = options.foreign_keys(false).connect().await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}
