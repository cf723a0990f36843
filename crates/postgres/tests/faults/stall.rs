//! A network that passes nothing on and tells nobody.

use std::time::{Duration, Instant};

use hongbao_ports::{
    Contacts, FaultKind, Readiness,
    query::{ContactQueries, SessionQueries},
};
use hongbao_postgres::{Connections, Settings};
use sqlx::Executor;

use crate::stand::{Stand, fault, until, user};

const PATIENCE: Duration = Duration::from_secs(1);

fn short(settings: Settings) -> Settings {
    Settings {
        patience: PATIENCE,
        acquire_timeout: Duration::from_millis(700),
        connections: Connections::of_each(1),
        ..settings
    }
}

/// Asserts that `work` ends no later than a second after `limit`.
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit + Duration::from_secs(1), work).await.expect("it ends in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_longer_than_its_patience_and_work_goes_on_afterwards() {
    let stand = Stand::new().await;
    let instance = stand.open_with(&short(stand.settings())).await;
    let key = "nobody's".parse().unwrap();
    instance.deposit("d1", "alice").await.unwrap();
    instance.store.user_of(&key).await.unwrap();

    stand.proxy.stall();
    for _ in 0..2 {
        // A change waits for the batch before it, which ends by then, and then for its own.
        let after_another = PATIENCE * 2;
        let (deposited, looked, ready, added, read) = tokio::join!(
            within(PATIENCE, instance.deposit("d2", "alice")),
            within(PATIENCE, instance.store.user_of(&key)),
            within(PATIENCE, instance.store.schema()),
            within(after_another, instance.ledger.add_friend(user("alice"), user("bob"), u32::MAX)),
            within(PATIENCE, instance.store.friends(user("alice"), u32::MAX)),
        );
        assert_eq!(fault(deposited), FaultKind::Unavailable);
        assert_eq!(looked.unwrap_err().kind(), FaultKind::Unavailable);
        assert_eq!(ready.unwrap_err().kind(), FaultKind::Unavailable);
        assert_eq!(fault(added), FaultKind::Unavailable);
        assert_eq!(read.unwrap_err().kind(), FaultKind::Unavailable);
    }
    stand.proxy.flow();

    until("the store is ready again", async || instance.store.schema().await.is_ok()).await;
    assert_eq!(instance.store.user_of(&key).await.unwrap(), None);
    assert!(!instance.deposit("d2", "alice").await.unwrap().repeated);
    assert_eq!(instance.balance("alice").await, 200);
    instance.assert_holds().await;
}

/// Whoever waits for a row in the database when the network falls silent has sent something and hears nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_under_way_when_the_network_falls_silent_ends_in_time() {
    let stand = Stand::new().await;
    let instance = stand.open_with(&Settings { lock_timeout: Duration::from_mins(1), ..short(stand.settings()) }).await;
    let mut other = stand.other_session().await;
    other.execute("BEGIN; SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE").await.unwrap();
    let start = Instant::now();
    let waits = async {
        stand.somebody_waits().await;
        stand.proxy.stall();
    };

    let (answer, ()) = tokio::join!(instance.deposit("d1", "alice"), waits);

    assert_eq!(fault(answer), FaultKind::Unavailable);
    assert!(start.elapsed() < PATIENCE + Duration::from_secs(1), "{:?}", start.elapsed());
    other.execute("ROLLBACK").await.unwrap();
    stand.proxy.flow();
    until("a deposit is taken again", async || instance.deposit("d1", "alice").await.is_ok()).await;
    assert_eq!(instance.balance("alice").await, 100, "it moved once");
    instance.assert_holds().await;
}
