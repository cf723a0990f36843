//! Whose turn it is.

use std::sync::{Arc, Mutex};

use hongbao_domain::id::AttemptId;
use hongbao_ports::FaultKind;
use hongbao_store::{Attempt, Store};
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::{
    Settings, SqliteStore,
    testing::{FixedClock, ids},
};

async fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/hongbao.db", folder.path().display());
    (SqliteStore::open(&Settings::new(url), Arc::new(FixedClock), ids()).await.unwrap(), folder)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

/// Without turns of their own, all that came before a batch would go before it.
#[tokio::test]
async fn a_batch_waits_for_at_most_one_other_transaction() {
    let (store, _folder) = store().await;
    let busy = store.lanes.lend(&store.writer, Lane::Batch, soon()).await.unwrap();
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = JoinSet::new();
    for lane in [Lane::Background; 20].into_iter().chain([Lane::Batch]) {
        let (store, served) = (store.clone(), served.clone());
        waiting.spawn(async move {
            let lent = store.lanes.lend(&store.writer, lane, soon()).await.unwrap();
            served.lock().unwrap().push(lane);
            drop(lent);
        });
        yield_now().await;
    }

    drop(busy);
    waiting.join_all().await;

    let served = served.lock().unwrap();
    assert_eq!(served.len(), 21);
    assert_eq!(served.iter().position(|lane| *lane == Lane::Batch), Some(1), "{served:?}");
}

/// The connection that writes is free: only the turn of the background is taken.
#[tokio::test]
async fn a_question_about_an_attempt_waits_for_no_turn_of_the_background() {
    let (store, _folder) = store().await;
    let _turn = store.lanes.turn(Lane::Background).await;
    let attempt = Attempt { id: AttemptId::from_u128(u128::MAX), until: soon() };
    assert!(!store.was_committed(attempt).await.unwrap());
}

#[tokio::test]
async fn a_turn_that_does_not_come_in_time_is_unavailable() {
    let (store, _folder) = store().await;
    let _busy = store.lanes.lend(&store.writer, Lane::Background, soon()).await.unwrap();
    for lane in [Lane::Batch, Lane::Background] {
        let late = store.lanes.lend(&store.writer, lane, Instant::now() + Duration::from_millis(10)).await;
        assert!(late.is_err_and(|fault| fault.kind() == FaultKind::Unavailable), "{lane:?}");
    }
}
