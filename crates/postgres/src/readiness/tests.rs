use std::sync::Arc;

use hongbao_testkit::SeqIds;
use tokio::time::timeout;

use super::*;
use crate::{Connections, Settings, Time, testing::database};

/// A store that has two connections for each kind of work: a batch's, and the one for a question.
async fn store() -> (hongbao_testbed::Database, PostgresStore) {
    let database = database().await;
    let settings = Settings { migrate: false, connections: Connections::of_each(2), ..Settings::new(database.url()) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    (database, store)
}

#[tokio::test]
async fn a_server_whose_connections_are_all_in_use_is_ready_all_the_same() {
    let (_database, store) = store().await;
    let until = Instant::now() + Duration::from_secs(5);
    let mut in_use = vec![store.borrow(Purpose::Batch, until).await.unwrap()];
    for purpose in [Purpose::Read, Purpose::Read, Purpose::Background, Purpose::Background] {
        in_use.push(store.borrow(purpose, until).await.unwrap());
    }

    assert_eq!(store.schema().await.unwrap(), Schema::Current);
}

#[tokio::test]
async fn a_server_none_of_whose_batches_gets_a_connection_is_not_ready() {
    let (_database, store) = store().await;
    let until = Instant::now() + Duration::from_secs(5);
    let stuck =
        [store.borrow(Purpose::Batch, until).await.unwrap(), store.borrow(Purpose::Batch, until).await.unwrap()];

    assert_eq!(store.schema().await.unwrap_err().kind(), hongbao_ports::FaultKind::Unavailable);

    drop(stuck);
    let ready = async { while store.schema().await.is_err() {} };
    timeout(Duration::from_secs(30), ready).await.expect("it is ready again");
}
