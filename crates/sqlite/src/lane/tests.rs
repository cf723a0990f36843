//! Whose turn it is.

use std::sync::{Arc, Mutex};

use hongbao_domain::{
    group::Finding,
    id::{AttemptId, GroupId, UserId},
    im_cloud::CloudApp,
    profile::Profile,
    time::Timestamp,
};
use hongbao_ledger::{Attempt, Store};
use hongbao_ports::{
    Due, Failure, FaultKind, Groups, JoinRef, Profiles, Readiness, Retention, Schema, Standing, Users,
};
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::{
    Settings,
    testing::{Stopped, ids},
};

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

fn is_judged<T, R>(answer: &Result<T, Failure<R>>) -> bool {
    !matches!(answer, Err(Failure::Fault(_)))
}

/// There is nothing to end here, which each step finds out in a transaction of its own.
#[tokio::test]
async fn what_ends_something_sweeps_or_probes_runs_while_no_request_has_a_place() {
    let (store, _folder) = store(1).await;
    let (group, user, moment) = (GroupId::from_u128(1), "alice".parse::<UserId>().unwrap(), Duration::from_secs(1));
    let (join, due) = (JoinRef { group, user, fence: 1 }, Due::Group(group));
    let app = CloudApp { key: "app".to_owned(), secret_fingerprint: [7; 8] };
    let portrait_uri = "https://example.com/1.png".parse().unwrap();
    let profile = Profile { user, name: "张三".parse().unwrap(), portrait_uri };
    store.add(user, Standing { is_active: true, takes_friend_requests: true }).await.unwrap();
    let _place = store.lanes.enter(Lane::Request).unwrap();

    assert!(is_judged(&store.activate_group(group).await));
    assert!(is_judged(&store.discard_group(group).await));
    assert!(is_judged(&store.resume_join(join, moment).await));
    assert!(is_judged(&store.activate_join(join, moment).await));
    assert!(is_judged(&store.discard_join(join).await));
    assert!(is_judged(&store.begin_check(due, moment).await));
    assert!(is_judged(&store.end_check(due, 1, Finding::Agrees, moment).await));
    assert_eq!(store.undo_lapsed(1).await.unwrap(), 0);
    store.settle(&app, &profile, 0).await.unwrap();
    store.keep_token(&app, user, &"a-token".parse().unwrap(), 0).await.unwrap();
    store.prune(Timestamp::from_micros(7), 1).await.unwrap();
}

/// The connection that writes is free: only the turn of the requests is taken.
#[tokio::test]
async fn a_probe_and_a_question_about_an_attempt_wait_for_no_turn_of_requests() {
    let (store, _folder) = store(1).await;
    let _turn = store.lanes.turn(Lane::Request).await;
    assert_eq!(store.schema().await.unwrap(), Schema::Current);
    let attempt = Attempt { id: AttemptId::from_u128(u128::MAX), until: soon() };
    assert!(!store.was_committed(attempt).await.unwrap());
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
