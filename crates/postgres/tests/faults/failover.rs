//! A synchronous standby takes over.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use hongbao_ports::{Ledger, Readiness, Schema};
use hongbao_testbed::{Cluster, Options, Shutdown};
use tokio::task::JoinSet;

use crate::test_db::{TestDb, deposit, until};

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_was_acknowledged_is_there_after_a_fail_over() {
    let primary = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    let db = TestDb::in_cluster(&primary).await;
    let instance = db.open_side_by_side(&db.settings(), 2).await;
    let standby = primary.standby().unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for worker in 0..4 {
        let (ledger, is_over) = (instance.ledger.clone(), is_over.clone());
        workers.spawn(async move {
            let mut answers = Vec::new();
            while !is_over.load(Ordering::SeqCst) {
                let reference = format!("{worker}-{}", answers.len());
                answers.push((reference.clone(), ledger.deposit(deposit(&reference, "alice")).await.is_ok()));
            }
            answers
        });
    }
    until("work is under way", async || instance.balance("alice").await > 2_000).await;

    primary.stop(Shutdown::Immediate).unwrap();
    standby.promote().unwrap();
    db.proxy.turn_to(standby.address());
    db.proxy.cut_all();

    until("the store is ready again", async || matches!(instance.store.schema().await, Ok(Schema::Current))).await;
    instance.deposit("after", "alice").await.unwrap();
    is_over.store(true, Ordering::SeqCst);
    let mut references = 1;
    for (reference, is_acknowledged) in workers.join_all().await.into_iter().flatten() {
        references += 1;
        let again = instance.deposit(&reference, "alice").await.unwrap();
        assert!(again.repeated || !is_acknowledged, "{reference} was acknowledged and is not there");
    }
    assert_eq!(instance.balance("alice").await, 100 * references);
    instance.assert_holds().await;
}
