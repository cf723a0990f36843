//! A database that can be disturbed, and instances of the store on it.

use std::{
    fmt::Debug,
    sync::Arc,
    time::{Duration, Instant},
};

use hongbao_domain::{
    ledger::{AccountKey, Deposit, DepositRefusal, Moved},
    money::{Amount, Coin, Scale},
    store::Command,
};
use hongbao_ports::{Failure, FaultKind, Ids, Ledger, query::LedgerQueries};
use hongbao_postgres::{Connections, PostgresStore, Settings, Time};
use hongbao_store::Batches;
use hongbao_testbed::{Cluster, Database, Proxy, Server};
use hongbao_testkit::SeqIds;
pub(crate) use hongbao_testkit::user;
use sqlx::{Connection, PgConnection};

use crate::recording_store::RecordingStore;

/// Long enough for whatever must happen at all.
const LIMIT: Duration = Duration::from_secs(30);

/// A database of the test's own behind a proxy. There is the coin CNY, and alice has an account with nothing in it.
pub(crate) struct TestDb {
    pub(crate) database: Database,
    pub(crate) proxy: Proxy,
    pub(crate) ids: Arc<SeqIds>,
}

/// What one process would have of the store.
pub(crate) struct Instance {
    pub(crate) store: Arc<PostgresStore>,
    pub(crate) recording: Arc<RecordingStore>,
    pub(crate) ledger: Arc<Batches>,
}

pub(crate) fn cny_of(name: &str) -> AccountKey {
    AccountKey { user: user(name), coin: "CNY".parse().expect("a coin id") }
}

pub(crate) fn deposit(reference: &str, name: &str) -> Deposit {
    let amount = Amount::from_minor(100).expect("in bounds");
    Deposit { reference: reference.parse().expect("a reference"), account: cny_of(name), amount }
}

/// Makes a database with the schema of this version.
pub(crate) async fn database(server: &Server) -> Database {
    let migrate = async |url| {
        hongbao_postgres::migrate(&Settings::new(url)).await.expect("the migrations can be applied");
    };
    let template = format!("hongbao_{:016x}", hongbao_postgres::schema_fingerprint());
    server.fresh_database(&template, migrate).await.expect("the test gets a database")
}

impl TestDb {
    /// On the server that all tests share.
    pub(crate) async fn new() -> Self {
        Self::on(&Server::shared().expect("PostgreSQL is installed")).await
    }

    pub(crate) async fn in_cluster(cluster: &Cluster) -> Self {
        Self::on(&cluster.server()).await
    }

    async fn on(server: &Server) -> Self {
        let proxy = Proxy::open(server.address().expect("the server has an address")).expect("a port is free");
        let db = Self { database: database(server).await, proxy, ids: Arc::new(SeqIds::new()) };
        let instance = db.open().await;
        let (cent, most) = (Amount::from_minor(1).expect("in bounds"), Amount::MAX);
        let coin = Coin::try_new(cny_of("alice").coin, Scale::new(2).expect("at most 18"), cent, most).expect("a coin");
        instance.ledger.add_coin(coin).await.expect("coins can be added");
        instance.open_account("alice").await;
        instance.close().await;
        db
    }

    /// By way of the proxy, with two connections for each kind of work.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            migrate: false,
            connections: Connections::of_each(2),
            ..Settings::new(self.proxy.url(&self.database.url()))
        }
    }

    pub(crate) async fn open(&self) -> Instance {
        self.open_with(&self.settings()).await
    }

    /// Opens an instance that has one batch at the disk at a time and the store's own retry timeout.
    pub(crate) async fn open_with(&self, settings: &Settings) -> Instance {
        self.open_side_by_side(settings, 1).await
    }

    pub(crate) async fn open_side_by_side(&self, settings: &Settings, writers: usize) -> Instance {
        let store = PostgresStore::open(settings, Time::Database, self.ids.clone()).await.expect("the store opens");
        let store = Arc::new(store);
        let recording = Arc::new(RecordingStore::new(store.clone()));
        let batches = hongbao_store::Settings { writers, retry_timeout: settings.retry_timeout, ..Default::default() };
        let ledger = Arc::new(Batches::start(recording.clone(), self.ids.clone(), batches));
        Instance { store, recording, ledger }
    }

    /// Connects to the database past the proxy.
    pub(crate) async fn other_session(&self) -> PgConnection {
        PgConnection::connect(&self.database.url()).await.expect("the server takes connections")
    }

    pub(crate) fn psql(&self, sql: &str) -> String {
        self.database.psql(sql).expect("the statement is right")
    }

    /// Waits until a session of this database waits for another's lock.
    pub(crate) async fn somebody_waits(&self) {
        self.so_many_wait(1).await;
    }

    pub(crate) async fn so_many_wait(&self, count: u32) {
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("so many wait for a lock", async || self.psql(sql) == count.to_string()).await;
    }

    pub(crate) fn command(&self, action: impl Into<hongbao_domain::store::Action>) -> Command {
        Command { id: self.ids.command(), request: None, action: action.into() }
    }
}

impl Instance {
    pub(crate) async fn open_account(&self, name: &str) {
        let open = hongbao_domain::ledger::OpenAccount { account: cny_of(name) };
        self.ledger.open_account(open).await.expect("an account can be opened");
    }

    /// Brings 1.00 to a user.
    pub(crate) async fn deposit(&self, reference: &str, name: &str) -> Result<Moved, Failure<DepositRefusal>> {
        self.ledger.deposit(deposit(reference, name)).await
    }

    /// Gives what a user has.
    pub(crate) async fn balance(&self, name: &str) -> i128 {
        let holdings = self.store.holdings(user(name)).await.expect("holdings can be read");
        holdings.first().map_or(0, |holding| holding.balance.amount.minor())
    }

    /// Says whether a read succeeds at once and finds just that.
    pub(crate) async fn store_holds(&self, name: &str, minor: i128) -> bool {
        let holdings = self.store.holdings(user(name)).await;
        holdings.is_ok_and(|holdings| holdings[0].balance.amount.minor() == minor)
    }

    pub(crate) async fn assert_holds(&self) {
        let audit = self.store.audit().await.expect("the ledger can be audited");
        assert!(audit.holds(), "{audit:?}");
    }

    pub(crate) async fn close(&self) {
        self.ledger.close().await;
        self.store.close().await;
    }
}

/// Takes the kind of fault that a call must end with.
#[track_caller]
pub(crate) fn fault<T: Debug, R: Debug>(answer: Result<T, Failure<R>>) -> FaultKind {
    match answer {
        Err(Failure::Fault(fault)) => fault.kind(),
        other => panic!("must be a fault, but: {other:?}"),
    }
}

/// Waits for what must come true.
pub(crate) async fn until(what: &str, is_true: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !is_true().await {
        assert!(start.elapsed() < LIMIT, "it never came true that {what}");
        tokio::task::yield_now().await;
    }
}
