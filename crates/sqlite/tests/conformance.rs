//! The promises of the ports, kept by SQLite under group commit.

use std::{process::ExitCode, sync::Arc};

use hongbao_ledger::Batches;
use hongbao_sqlite::{Settings, SqliteStore};
use hongbao_testkit::{ManualClock, Ports, SeqIds, TestStore, Twin};

async fn test_store() -> TestStore {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
    let settings = Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()));
    let first = instance(settings.clone(), clock.clone(), ids.clone()).await;
    let twin = {
        let (clock, ids) = (clock.clone(), ids.clone());
        Twin::new(move || instance(settings.clone(), clock.clone(), ids.clone()))
    };
    TestStore::new(first, Some(twin), clock, ids, Box::new(folder))
}

async fn instance(settings: Settings, clock: Arc<ManualClock>, ids: Arc<SeqIds>) -> Ports {
    let store = Arc::new(SqliteStore::open(&settings, clock, ids.clone()).await.expect("the store opens"));
    Ports::new(Arc::new(Batches::start(store.clone(), ids, hongbao_ledger::Settings::default())), store)
}

fn main() -> ExitCode {
    hongbao_testkit::main("sqlite", test_store)
}
