//! When a call is made again, and where.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{ImCloud, Lane};
use hongbao_rongcloud::Settings;

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, impatient, notice, notify, settings},
};

/// The code in the answer of a refusal.
fn code(refusal: &CloudRefusal) -> Option<i64> {
    refusal.answer()?.code
}

#[tokio::test]
async fn silence_is_asked_again_on_the_other_host() {
    let (primary, backup) = (Cloud::start([], Answer::SILENCE).await, Cloud::start([], Answer::DONE).await);

    notify(&impatient(primary.url(), Some(backup.url()))).await.unwrap();

    assert_eq!([primary.requests().len(), backup.requests().len()], [1, 1]);
}

#[tokio::test]
async fn without_another_host_the_same_is_asked_again_after_a_pause() {
    for first in [Answer::BROKEN, Answer::HTML, Answer::CUT] {
        let cloud = Cloud::start([first], Answer::DONE).await;
        let start = Instant::now();

        notify(&settings(cloud.url(), None)).await.unwrap();

        assert!(start.elapsed() >= Duration::from_millis(100));
        assert_eq!(cloud.requests().len(), 2, "{first:?}");
    }
}

#[tokio::test]
async fn a_no_after_a_doubt_leaves_the_doubt() {
    let (primary, backup) = (Cloud::start([], Answer::BROKEN).await, Cloud::start([], Answer::REJECTED).await);

    let refusal = notify(&settings(primary.url(), Some(backup.url()))).await.unwrap_err();

    assert!(matches!(refusal, CloudRefusal::Unknown(_)));
    assert_eq!(code(&refusal), Some(1000));
    assert_eq!([primary.requests().len(), backup.requests().len()], [1, 1]);
}

#[tokio::test]
async fn a_host_that_is_not_reached_after_a_doubt_leaves_the_doubt() {
    let primary = Cloud::start([], Answer::CUT).await;

    let outcome = notify(&settings(primary.url(), Some(Cloud::nobody().await))).await;

    assert_eq!(outcome, Err(CloudRefusal::Unknown(None)));
    assert_eq!(primary.requests().len(), 2);
}

#[tokio::test]
async fn no_try_begins_without_time_to_end() {
    let (primary, backup) = (Cloud::start([], Answer::SILENCE).await, Cloud::start([], Answer::DONE).await);
    let settings = impatient(primary.url(), Some(backup.url()));
    let settings = Settings { timeout: settings.attempt_timeout + Duration::from_millis(50), ..settings };

    assert_eq!(notify(&settings).await, Err(CloudRefusal::Unknown(None)));

    assert_eq!([primary.requests().len(), backup.requests().len()], [1, 0]);
}

#[tokio::test]
async fn a_repeat_that_would_have_to_wait_for_a_turn_is_not_made() {
    let (primary, backup) = (Cloud::start([], Answer::BROKEN).await, Cloud::start([], Answer::DONE).await);
    let adapter = adapter(&one_a_minute(settings(primary.url(), Some(backup.url()))));
    let turn = adapter.turn(Lane::Request, Duration::ZERO).await.unwrap();

    let refusal = adapter.notify(turn, &notice()).await.unwrap_err();

    assert!(matches!(refusal, CloudRefusal::Unknown(_)));
    assert_eq!([primary.requests().len(), backup.requests().len()], [1, 0]);
}

#[tokio::test]
async fn a_host_that_is_not_reached_leaves_the_turn_to_the_other() {
    let backup = Cloud::start([], Answer::DONE).await;
    let adapter = adapter(&one_a_minute(settings(Cloud::nobody().await, Some(backup.url()))));
    let turn = adapter.turn(Lane::Request, Duration::ZERO).await.unwrap();

    adapter.notify(turn, &notice()).await.unwrap();

    assert_eq!(backup.requests().len(), 1);
}

fn one_a_minute(settings: Settings) -> Settings {
    Settings { private_messages_per_minute: Some(NonZeroU32::MIN), ..settings }
}
