//! A COMMIT whose answer is lost: the attempt's row tells, and nobody guesses.

use hongbao_testbed::Mishap::{self, AfterCommit, BeforeCommit};

use crate::stand::Stand;

/// Deposits while these COMMITs are lost, in their order: that of the batch, that of the question, and so on.
async fn deposit_through(mishaps: &[Mishap]) {
    let stand = Stand::new().await;
    let instance = stand.open().await;
    for mishap in mishaps {
        stand.proxy.arm(*mishap, 1);
    }

    let moved = instance.deposit("d1", "alice").await.unwrap_or_else(|failure| panic!("{mishaps:?}: {failure:?}"));

    assert!(!moved.repeated, "the answer is that of the one commit: {mishaps:?}");
    assert_eq!(instance.balance("alice").await, 100, "the money moved once: {mishaps:?}");
    assert_eq!(stand.proxy.armed(), 0, "everything that was planned has happened: {mishaps:?}");
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
