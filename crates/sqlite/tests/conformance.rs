//! The promises of the ports, kept by SQLite under group commit.

use std::{process::ExitCode, sync::Arc};

use hongbao_sqlite::{Settings, SqliteStore};
use hongbao_testkit::{ManualClock, Ports, SeqIds, TestStore};

async fn test_store() -> TestStore {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = Settings::new(format!("sqlite://{}/hongbao.db", folder.path().display()));
    TestStore::twice(move |clock, ids| instance(settings.clone(), clock, ids), folder).await
}

async fn instance(settings: Settings, clock: Arc<ManualClock>, ids: Arc<SeqIds>) -> Ports {
    let store = Arc::new(SqliteStore::open(&settings, clock, ids.clone()).await.expect("the store opens"));
    Ports::start(store, ids, hongbao_store::Settings::default()).0
}

fn main() -> ExitCode {
    hongbao_testkit::main("sqlite", test_store)
}
