//! The promises of the ports, kept by PostgreSQL under group commit: directly, and by way of a pooler that gives us another
//! session in each transaction.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use hongbao_postgres::{Connections, Pooler, PostgresStore, Settings, Time};
use hongbao_testbed::{Database, PgBouncer, Server};
use hongbao_testkit::{ManualClock, Ports, SeqIds, TestStore};

/// A database of the test's own, with the schema of this version.
async fn database() -> Database {
    let migrate = async |url| {
        hongbao_postgres::migrate(&Settings::new(url)).await.expect("the migrations can be applied");
    };
    let template = format!("hongbao_{:016x}", hongbao_postgres::schema_fingerprint());
    hongbao_testbed::fresh_database(&template, migrate).await.expect("the test gets a database")
}

async fn rig_of(database: Database, settings: Settings) -> TestStore {
    let settings = Settings { migrate: false, connections: Connections::of_each(3), ..settings };
    TestStore::twice(move |clock, ids| instance(settings.clone(), clock, ids), database).await
}

/// An instance with two batches at the database side by side.
async fn instance(settings: Settings, clock: Arc<ManualClock>, ids: Arc<SeqIds>) -> Ports {
    let store = PostgresStore::open(&settings, Time::Given(clock), ids.clone()).await;
    let store = Arc::new(store.expect("the store opens"));
    let batches = hongbao_store::Settings { writers: 2, ..hongbao_store::Settings::default() };
    Ports::start(store, ids, batches).0
}

async fn direct() -> TestStore {
    let database = database().await;
    let settings = Settings::new(database.url());
    rig_of(database, settings).await
}

async fn pooled() -> TestStore {
    let database = database().await;
    let settings = Settings { pooler: Pooler::Transaction, ..Settings::new(pooler().url(database.name())) };
    rig_of(database, settings).await
}

/// The pooler of this process, in front of the server that all tests share.
fn pooler() -> &'static PgBouncer {
    static POOLER: OnceLock<PgBouncer> = OnceLock::new();
    POOLER.get_or_init(|| {
        let server = Server::shared().expect("PostgreSQL is installed");
        PgBouncer::open(&server, true).expect("PgBouncer is installed")
    })
}

fn main() -> ExitCode {
    hongbao_testkit::main_of([
        hongbao_testkit::trials("postgres", direct),
        hongbao_testkit::trials("pgbouncer", pooled),
    ])
}
