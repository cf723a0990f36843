//! Connections come back, or are let go.

use std::{sync::Arc, time::Duration};

use hongbao_testbed::{Proxy, Server};
use hongbao_testkit::SeqIds;
use tokio::time::timeout;

use super::*;
use crate::{Connections, Settings, Time, testing::database};

/// Waits until the pool has so many connections, idle or lent out.
async fn until_it_has(store: &PostgresStore, size: u32) {
    let wait = async {
        while store.pools.of(Purpose::Read).size() != size {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(30), wait).await.expect("the pool gets there");
}

#[tokio::test]
async fn a_connection_that_comes_back_to_a_silent_network_is_let_go() {
    let server = Server::shared().unwrap();
    let database = database().await;
    let proxy = Proxy::open(server.address().unwrap()).unwrap();
    let settings =
        Settings { migrate: false, connections: Connections::of_each(2), ..Settings::new(proxy.url(&database.url())) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    let borrowed =
        [store.borrow(Purpose::Read, until).await.unwrap(), store.borrow(Purpose::Read, until).await.unwrap()];
    assert_eq!(store.pools.of(Purpose::Read).size(), 2);

    proxy.stall();
    drop(borrowed);

    until_it_has(&store, 0).await;
    proxy.flow();
    assert!(store.borrow(Purpose::Read, until).await.is_ok(), "and there is room for others");
}

#[tokio::test]
async fn a_connection_that_comes_back_is_used_again() {
    let database = database().await;
    let settings = Settings { migrate: false, connections: Connections::of_each(1), ..Settings::new(database.url()) };
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap();
    for _ in 0..3 {
        let until = Instant::now() + Duration::from_secs(5);
        drop(store.borrow(Purpose::Read, until).await.unwrap());
    }
    until_it_has(&store, 1).await;
    assert_eq!(
        database
            .psql(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hongbao'
        AND datname = current_database()"
            )
            .unwrap(),
        "2",
        "one for reads, and the probe's, on which the schema was checked"
    );
}
