use std::sync::Arc;

use hongbao_testkit::SeqIds;

use super::*;
use crate::{Settings, Time, testing::database};

#[tokio::test]
async fn a_server_whose_connections_are_all_in_use_is_ready_all_the_same() {
    let database = database().await;
    let settings = Settings { migrate: false, connections: 2, ..Settings::new(database.url()) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    let _in_use = [store.borrow(until).await.unwrap(), store.borrow(until).await.unwrap()];

    assert_eq!(store.schema().await.unwrap(), Schema::Current);
}
