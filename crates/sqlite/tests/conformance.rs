//! The promises of the ports, kept by SQLite under group commit.

use std::{process::ExitCode, sync::Arc};

use hongbao_ledger::Batches;
use hongbao_sqlite::{Settings, SqliteStore};
use hongbao_testkit::{ManualClock, Rig, SeqIds};

async fn rig() -> Rig {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
    let url = format!("sqlite://{}/hongbao.db", folder.path().display());
    let store = SqliteStore::open(&Settings::new(url), clock.clone()).await.expect("the store opens");
    let store = Arc::new(store);
    let ledger = Arc::new(Batches::start(store.clone(), ids.clone(), hongbao_ledger::Settings::default()));
    Rig {
        ledger,
        sessions: store.clone(),
        users: store.clone(),
        contacts: store.clone(),
        groups: store.clone(),
        profiles: store.clone(),
        readiness: store,
        clock,
        ids,
        keep: Box::new(folder),
    }
}

fn main() -> ExitCode {
    hongbao_testkit::main("sqlite", rig)
}
