//! A network that passes nothing on and tells neither side.

use std::time::{Duration, Instant};

use hongbao_domain::friend::AddFriend;
use hongbao_ports::{
    FaultKind, Readiness, Submit,
    query::{ContactQueries, Page, SessionQueries},
};
use hongbao_postgres::{Connections, Settings};
use sqlx::Executor;

use crate::test_db::{TestDb, fault, until, user};

const RETRY_TIMEOUT: Duration = Duration::from_secs(1);

fn short(settings: Settings) -> Settings {
    Settings {
        retry_timeout: RETRY_TIMEOUT,
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
    let db = TestDb::new().await;
    let instance = db.open_with(&short(db.settings())).await;
    let key = "nobody's".parse().unwrap();
    instance.deposit("d1", "alice").await.unwrap();
    instance.store.user_of(&key).await.unwrap();

    db.proxy.stall();
    for _ in 0..2 {
        // A change waits for the batch before it, which ends by then, and then for its own.
        let after_another = RETRY_TIMEOUT * 2;
        let (deposited, looked, ready, added, read) = tokio::join!(
            within(RETRY_TIMEOUT, instance.deposit("d2", "alice")),
            within(RETRY_TIMEOUT, instance.store.user_of(&key)),
            within(RETRY_TIMEOUT, instance.store.schema()),
            within(
                after_another,
                instance.ledger.submit(AddFriend { user: user("alice"), other: user("bob"), max: u32::MAX })
            ),
            within(RETRY_TIMEOUT, instance.store.friends(user("alice"), Page::first(u32::MAX))),
        );
        assert_eq!(fault(deposited), FaultKind::Unavailable);
        assert_eq!(looked.unwrap_err().kind(), FaultKind::Unavailable);
        assert_eq!(ready.unwrap_err().kind(), FaultKind::Unavailable);
        assert_eq!(fault(added), FaultKind::Unavailable);
        assert_eq!(read.unwrap_err().kind(), FaultKind::Unavailable);
    }
    db.proxy.flow();

    until("the store is ready again", async || instance.store.schema().await.is_ok()).await;
    assert_eq!(instance.store.user_of(&key).await.unwrap(), None);
    assert!(!instance.deposit("d2", "alice").await.unwrap().repeated);
    assert_eq!(instance.balance("alice").await, 200);
    instance.assert_holds().await;
}

/// A caller that waits for a row in the database when the network falls silent has sent something and hears nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_under_way_when_the_network_falls_silent_ends_in_time() {
    let db = TestDb::new().await;
    let instance = db.open_with(&Settings { lock_timeout: Duration::from_mins(1), ..short(db.settings()) }).await;
    let mut other = db.other_session().await;
    other.execute("BEGIN; SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE").await.unwrap();
    let start = Instant::now();
    let waits = async {
        db.somebody_waits().await;
        db.proxy.stall();
    };

    let (answer, ()) = tokio::join!(instance.deposit("d1", "alice"), waits);

    assert_eq!(fault(answer), FaultKind::Unavailable);
    assert!(start.elapsed() < RETRY_TIMEOUT + Duration::from_secs(1), "{:?}", start.elapsed());
    other.execute("ROLLBACK").await.unwrap();
    db.proxy.flow();
    until("a deposit is taken again", async || instance.deposit("d1", "alice").await.is_ok()).await;
    assert_eq!(instance.balance("alice").await, 100, "it moved once");
    instance.assert_holds().await;
}
