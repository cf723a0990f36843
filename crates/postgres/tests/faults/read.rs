//! Reads whose connection is lost, and repeats that change nothing.

use hongbao_testbed::InjectedFault;

use crate::test_db::TestDb;

/// Ends all other sessions of the database, as a restart would, and gives how many there were.
const END_ALL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread")]
async fn a_read_whose_connection_is_gone_is_done_on_another() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    instance.deposit("d1", "alice").await.unwrap();
    for _ in 0..5 {
        assert_eq!(instance.balance("alice").await, 100);

        let ended = db.psql(END_ALL);

        assert_ne!(ended, "0", "a connection that was just used is in the pool");
        assert!(instance.store_holds("alice", 100).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_that_moves_nothing_is_committed_before_it_is_called_done() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    instance.deposit("d1", "alice").await.unwrap();

    let commits = db.proxy.commits();
    assert!(instance.deposit("d1", "alice").await.unwrap().repeated);
    assert_eq!(db.proxy.commits(), commits + 1, "a commit is what waits for a standby");

    db.proxy.arm(InjectedFault::AfterCommit, 1);
    assert!(instance.deposit("d1", "alice").await.unwrap().repeated, "and a lost answer is asked about");
    assert_eq!(instance.balance("alice").await, 100);
    instance.assert_holds().await;
}
