//! The promises of the ports, kept by PostgreSQL under group commit.

use std::{process::ExitCode, sync::Arc};

use hongbao_ledger::Batches;
use hongbao_postgres::{PostgresStore, Settings, Time};
use hongbao_testbed::Database;
use hongbao_testkit::{ManualClock, Ports, Rig, SeqIds};

/// A database of the test's own, with the schema of this version.
async fn database() -> Database {
    let migrate = async |url| {
        hongbao_postgres::migrate(&Settings::new(url)).await.expect("the migrations can be applied");
    };
    let template = format!("hongbao_{:016x}", hongbao_postgres::schema_fingerprint());
    hongbao_testbed::fresh_database(&template, migrate).await.expect("the test gets a database")
}

async fn rig() -> Rig {
    let database = database().await;
    let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
    let settings = Settings { migrate: false, connections: 8, ..Settings::new(database.url()) };
    let instance = async || {
        let store = PostgresStore::open(&settings, Time::Given(clock.clone()), ids.clone()).await;
        let store = Arc::new(store.expect("the store opens"));
        let batches = hongbao_ledger::Settings { writers: 2, ..hongbao_ledger::Settings::default() };
        Ports::new(Arc::new(Batches::start(store.clone(), ids.clone(), batches)), store)
    };
    let (first, twin) = (instance().await, instance().await);
    Rig::new(first, Some(twin), clock, ids, Box::new(database))
}

fn main() -> ExitCode {
    hongbao_testkit::main("postgres", rig)
}
