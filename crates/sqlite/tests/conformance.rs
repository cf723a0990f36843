//! The promises of the ports, kept by SQLite under group commit.

use std::{process::ExitCode, sync::Arc};

use hongbao_ledger::Batches;
use hongbao_sqlite::{Settings, SqliteStore};
use hongbao_testkit::{ManualClock, Ports, Rig, SeqIds};

async fn rig() -> Rig {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
    let settings = Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()));
    let instance = async || {
        let store = Arc::new(SqliteStore::open(&settings, clock.clone(), ids.clone()).await.expect("the store opens"));
        Ports::new(Arc::new(Batches::start(store.clone(), ids.clone(), hongbao_ledger::Settings::default())), store)
    };
    let (first, twin) = (instance().await, instance().await);
    Rig::new(first, Some(twin), clock, ids, Box::new(folder))
}

fn main() -> ExitCode {
    hongbao_testkit::main("sqlite", rig)
}
