//! A user has a bound on requests in flight; one more is status 103.

use std::{
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::test::{TestRequest, init_service};
use async_trait::async_trait;
use futures_util::FutureExt;
use hongbao_app::{Friends, InFlight, Sagas};
use hongbao_domain::{friend::Friend, id::UserId, time::Timestamp};
use hongbao_http::{Settings, Shared, app};
use hongbao_ports::{
    Fault,
    query::{ContactQueries, MockSessionQueries, Page},
};

use crate::support::{ACCEPT, Given, answer, requests};

/// Friends whose list never comes.
struct Hanging;

#[async_trait]
impl ContactQueries for Hanging {
    async fn friends(&self, _: UserId, _: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, Fault> {
        std::future::pending().await
    }

    async fn blocked_by(&self, _: UserId) -> Result<Vec<UserId>, Fault> {
        unreachable!("no method asks")
    }
}

/// A world in which each key is a session of the user of the same name, and each user may have one request at once.
fn shared() -> Shared {
    let mut sessions = MockSessionQueries::new();
    sessions.expect_user_of().returning(|key| Ok(Some(key.as_str().parse().unwrap())));
    Shared {
        sessions: Arc::new(sessions),
        friends: Friends::new(requests(), Arc::new(Hanging), 9, Sagas::new()),
        in_flight: InFlight::new(NonZeroU32::MIN),
        ..Given::default().shared()
    }
}

fn of(user: &str, path: &str) -> TestRequest {
    TestRequest::post().uri(path).insert_header(("Authorization", format!("Bearer {user}")))
}

#[actix_web::test]
async fn one_request_too_many_is_told_when_to_come_back_and_other_users_are_served() {
    let service = init_service(app(shared(), Settings::default())).await;
    let mut first = Box::pin(answer(&service, of("alice", "/im/friend_list").to_request()));
    assert!(Pin::as_mut(&mut first).now_or_never().is_none(), "it is in flight");

    let asked = Instant::now();
    let second = answer(&service, of("alice", ACCEPT).to_request()).await;
    assert_eq!(second.numbers(), (429, 103, "rate_limited"));
    assert!(asked.elapsed() >= Duration::from_secs(1), "who does not wait is made to: {:?}", asked.elapsed());
    assert_eq!(second.header("Retry-After"), Some("1"));
    assert_eq!(second.body["data"]["retryable"], true);
    let other = answer(&service, of("bob", ACCEPT).to_request()).await;
    assert_eq!(other.numbers(), (200, 1, "transfer_id_missing"));

    // The caller hangs up.
    drop(first);
    let third = answer(&service, of("alice", ACCEPT).to_request()).await;
    assert_eq!(third.numbers(), (200, 1, "transfer_id_missing"));
}

#[actix_web::test]
async fn a_request_that_panics_does_not_count_for_ever() {
    let service = init_service(app(shared(), Settings::default())).await;
    for _ in 0..3 {
        let panicked = answer(&service, of("alice", "/im/friend_add?user_id=bob").to_request()).await;
        assert_eq!(panicked.numbers(), (500, 120, "internal"));
    }
}

#[actix_web::test]
async fn a_caller_without_a_session_is_not_counted_and_learns_nothing_else() {
    let mut sessions = MockSessionQueries::new();
    sessions.expect_user_of().returning(|_| Ok(None));
    let service = init_service(app(Shared { sessions: Arc::new(sessions), ..shared() }, Settings::default())).await;
    let mut first = Box::pin(answer(&service, of("alice", "/im/friend_list").to_request()));
    assert_eq!(Pin::as_mut(&mut first).now_or_never().map(|answer| answer.http_status), Some(200));
    let second = answer(&service, of("alice", ACCEPT).to_request()).await;
    assert_eq!(second.numbers(), (200, 2, "not_logged_in"));
}

#[actix_web::test]
async fn a_read_that_hangs_is_answered_at_the_deadline_with_the_same_advice() {
    let settings = Settings { deadline: Duration::from_millis(20), ..Settings::default() };
    let service = init_service(app(shared(), settings)).await;
    let late = answer(&service, of("alice", "/im/friend_list").to_request()).await;
    assert_eq!(late.numbers(), (503, 121, "unavailable"));
    assert_eq!((late.header("Retry-After"), &late.body["data"]["retryable"]), (Some("1"), &true.into()));
}
