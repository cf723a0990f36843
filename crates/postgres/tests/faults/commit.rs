//! A COMMIT whose answer is lost: the attempt's row tells, and nothing is guessed.

use hongbao_testbed::InjectedFault::{self, AfterCommit, BeforeCommit};

use crate::test_db::TestDb;

/// Deposits while these COMMITs are lost, in their order: that of the batch, that of the question, and so on.
async fn deposit_through(injected_faults: &[InjectedFault]) {
    let db = TestDb::new().await;
    let instance = db.open().await;
    for injected in injected_faults {
        db.proxy.arm(*injected, 1);
    }

    let moved =
        instance.deposit("d1", "alice").await.unwrap_or_else(|failure| panic!("{injected_faults:?}: {failure:?}"));

    assert!(!moved.repeated, "the answer is that of the one commit: {injected_faults:?}");
    assert_eq!(instance.balance("alice").await, 100, "the money moved once: {injected_faults:?}");
    assert_eq!(db.proxy.armed(), 0, "everything that was planned has happened: {injected_faults:?}");
    assert!(instance.deposit("d1", "alice").await.expect("all is well").repeated);
    instance.assert_holds().await;
}

#[tokio::test]
async fn a_commit_that_the_server_never_got_is_made_again() {
    deposit_through(&[BeforeCommit]).await;
}

#[tokio::test]
async fn a_commit_that_the_server_got_is_not_made_again() {
    deposit_through(&[AfterCommit]).await;
}

#[tokio::test]
async fn a_question_whose_answer_is_lost_is_asked_again() {
    deposit_through(&[AfterCommit, AfterCommit]).await;
    deposit_through(&[AfterCommit, BeforeCommit, BeforeCommit]).await;
}

/// The first question left a tombstone, and the second finds it.
#[tokio::test]
async fn a_tombstone_is_not_taken_for_a_commit() {
    deposit_through(&[BeforeCommit, AfterCommit]).await;
    deposit_through(&[BeforeCommit, AfterCommit, AfterCommit, BeforeCommit]).await;
}

#[tokio::test]
async fn a_batch_that_loses_every_connection_for_a_while_ends_well() {
    deposit_through(&[BeforeCommit, BeforeCommit, AfterCommit, BeforeCommit, AfterCommit, AfterCommit]).await;
}
