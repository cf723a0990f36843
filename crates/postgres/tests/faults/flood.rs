//! One kind of work that takes all that it may take.

use std::{pin::pin, time::Duration};

use futures_util::{future::join_all, poll};
use hongbao_domain::friend::AddFriend;
use hongbao_ports::{
    Readiness, Schema, Submit,
    query::{Except, GroupQueries, LedgerQueries, SessionQueries},
};
use hongbao_postgres::Settings;
use sqlx::Executor;

use crate::test_db::{TestDb, user};

/// Long enough for all that the test does meanwhile.
const LONG: Duration = Duration::from_mins(1);

/// One batch is under way and waits for a lock, and many commands wait for it that name the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_stuck_takes_nothing_from_other_batches_reads_sweeps_and_probes() {
    let db = TestDb::new().await;
    let settings = Settings {
        retry_timeout: LONG,
        acquire_timeout: LONG,
        statement_timeout: LONG,
        lock_timeout: LONG,
        ..db.settings()
    };
    let instance = db.open_side_by_side(&settings, 2).await;
    let store = instance.store.clone();
    let mut other = db.other_session().await;
    other.execute("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE").await.unwrap();
    let befriend = || {
        let ledger = instance.ledger.clone();
        async move { ledger.submit(AddFriend { user: user("alice"), other: user("bob"), max: u32::MAX }).await }
    };
    let under_way = tokio::spawn(befriend());
    db.somebody_waits().await;
    let mut waiting = pin!(join_all((0..128).map(|_| befriend())));
    assert!(poll!(&mut waiting).is_pending());

    instance.deposit("d1", "alice").await.unwrap();
    assert_eq!(instance.balance("alice").await, 100);
    assert_eq!(store.user_of(&"nobody's".parse().unwrap()).await.unwrap(), None);
    let background = store.for_background();
    assert!(background.lapsed(1).await.unwrap().is_empty());
    assert!(background.due(1).await.unwrap().is_empty());
    assert!(background.overdue(1, &Except::default()).await.unwrap().sending.is_empty());
    assert_eq!(store.schema().await.unwrap(), Schema::Current);
    assert!(!under_way.is_finished(), "all of it was done beside the batch that is stuck, and not after it");
    assert!(poll!(&mut waiting).is_pending());

    other.execute("ROLLBACK").await.unwrap();
    assert!(under_way.await.unwrap().is_err(), "there is no bob");
    assert!(waiting.await.iter().all(Result::is_err));
    instance.assert_holds().await;
}
