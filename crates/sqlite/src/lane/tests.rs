//! Whose turn it is.

use std::sync::{Arc, Mutex};

use hongbao_domain::time::Timestamp;
use hongbao_ports::{Clock, FaultKind};
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::{Settings, testing::ids};

/// A clock that stands still.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(7)
    }
}

async fn store(steps: usize) -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/hongbao.db", folder.path().display());
    let settings = Settings { steps, ..Settings::new(url) };
    (SqliteStore::open(&settings, Arc::new(Stopped), ids()).await.unwrap(), folder)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

/// Without turns of their own, all steps that came before a batch would go before it.
#[tokio::test]
async fn a_batch_waits_for_at_most_one_step_of_each_kind() {
    let (store, _folder) = store(100).await;
    let busy = store.lend_writer(Lane::Batch, soon()).await.unwrap();
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = JoinSet::new();
    let lanes = [[Lane::Request; 10], [Lane::Reserved; 10]].concat();
    for lane in lanes.into_iter().chain([Lane::Batch]) {
        let (store, served) = (store.clone(), served.clone());
        waiting.spawn(async move {
            let lent = store.lend_writer(lane, soon()).await.unwrap();
            served.lock().unwrap().push(lane);
            drop(lent);
        });
        yield_now().await;
    }

    drop(busy);
    waiting.join_all().await;

    let served = served.lock().unwrap();
    assert_eq!(served.len(), 21);
    assert_eq!(served.iter().position(|lane| *lane == Lane::Batch), Some(2), "{served:?}");
}

#[tokio::test]
async fn one_request_more_than_the_bound_is_refused_at_once_and_second_steps_are_not() {
    let (store, _folder) = store(2).await;
    let places = [store.lanes.enter(Lane::Request).unwrap(), store.lanes.enter(Lane::Request).unwrap()];
    assert_eq!(store.lanes.enter(Lane::Request).unwrap_err().kind(), FaultKind::Unavailable);
    assert!(store.lanes.enter(Lane::Reserved).is_ok());

    drop(places);
    assert!(store.lanes.enter(Lane::Request).is_ok());
}

#[tokio::test]
async fn a_turn_that_does_not_come_in_time_is_unavailable() {
    let (store, _folder) = store(2).await;
    let _busy = store.lend_writer(Lane::Request, soon()).await.unwrap();
    for lane in [Lane::Batch, Lane::Request, Lane::Reserved] {
        let late = store.lend_writer(lane, Instant::now() + Duration::from_millis(10)).await;
        assert!(late.is_err_and(|fault| fault.kind() == FaultKind::Unavailable), "{lane:?}");
    }
}
