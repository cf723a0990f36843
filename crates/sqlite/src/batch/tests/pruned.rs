//! Attempts and requests are kept for as long as they may be asked about, and no longer.

use hongbao_domain::{
    friend::DeleteFriend,
    store::{RequestName, RequestRefusal, RequestStep},
};
use hongbao_ports::{Pruned, Retention};

use super::*;

const HOUR: Duration = Duration::from_hours(1);

fn forward(fixture: &Fixture, span: Duration) {
    set(fixture, fixture.clock.now().after(span));
}

fn set(fixture: &Fixture, now: Timestamp) {
    fixture.clock.set(now);
}

async fn prune(fixture: &Fixture) -> Pruned {
    fixture.store.prune(fixture.clock.now(), 100).await.unwrap()
}

/// How many attempts and requests there are.
async fn counts(fixture: &Fixture) -> (u64, u64) {
    let count = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM attempts) AS "attempts!: u64", (SELECT count(*) FROM requests) AS "requests!: u64""#
    );
    let count = count.fetch_one(&fixture.store.readers).await.unwrap();
    (count.attempts, count.requests)
}

/// A request that bob may repeat: what it is refused is remembered.
fn request(number: u128) -> Command {
    let name = RequestName {
        user: "bob".parse().unwrap(),
        method: "im/friend_delete".parse().unwrap(),
        key: format!("k{number}").parse().unwrap(),
    };
    let step = RequestStep { name, fingerprint: [7; 32] };
    let action = DeleteFriend { user: name.user, other: "carol".parse().unwrap() };
    Command { request: Some(step), ..command(number, action) }
}

#[tokio::test]
async fn an_attempt_is_known_for_an_hour_and_then_forgotten() {
    let fixture = Fixture::new().await;
    fixture.run(2, deposit(2)).await;
    assert!(!fixture.store.was_committed(attempt(3)).await.unwrap());
    forward(&fixture, HOUR);
    assert_eq!(prune(&fixture).await, Pruned::default());
    assert!(fixture.store.was_committed(attempt(2)).await.unwrap());

    forward(&fixture, Duration::from_micros(1));
    let pruned = prune(&fixture).await;
    assert_eq!((pruned.attempts, counts(&fixture).await.0), (4, 1));
}

/// A batch whose clock is ahead must not forget what others may still ask about.
#[tokio::test]
async fn a_batch_forgets_nothing_whatever_its_clock_shows() {
    let fixture = Fixture::new().await;
    for number in 2..10 {
        fixture.run(number, deposit(number)).await;
    }
    let before = counts(&fixture).await.0;
    forward(&fixture, HOUR * 24 * 365);
    fixture.run(10, deposit(10)).await;
    assert_eq!(counts(&fixture).await.0, before + 1);
    assert!(fixture.store.was_committed(attempt(2)).await.unwrap());
}

#[tokio::test]
async fn what_is_dated_ahead_is_dated_anew_and_forgotten_in_its_turn() {
    let fixture = Fixture::new().await;
    let now = fixture.clock.now();
    forward(&fixture, HOUR * 24 * 365);
    fixture.run(2, request(2)).await;
    set(&fixture, now);

    assert_eq!(prune(&fixture).await, Pruned { redated: 2, ..Pruned::default() });
    assert!(fixture.store.was_committed(attempt(2)).await.unwrap());
    assert_eq!(prune(&fixture).await, Pruned::default());
    forward(&fixture, HOUR * 25);
    let pruned = prune(&fixture).await;
    assert_eq!((pruned.requests, pruned.redated, counts(&fixture).await), (1, 0, (2, 0)));
}

#[tokio::test]
async fn a_request_is_kept_for_a_day() {
    let fixture = Fixture::new().await;
    fixture.run(2, request(2)).await;
    forward(&fixture, HOUR * 24);
    assert_eq!((prune(&fixture).await.requests, counts(&fixture).await.1), (0, 1));

    forward(&fixture, Duration::from_micros(1));
    assert_eq!((prune(&fixture).await.requests, counts(&fixture).await.1), (1, 0));
}

#[tokio::test]
async fn a_request_that_a_clock_ahead_has_begun_lapses_in_its_turn() {
    let fixture = Fixture::new().await;
    let now = fixture.clock.now();
    forward(&fixture, HOUR * 24 * 365);
    fixture.run(2, step(1, reserve(9))).await;
    set(&fixture, now);
    assert_eq!(prune(&fixture).await.redated, 2);

    let again = || step(1, reserve(10));
    assert_eq!(fixture.run(3, again()).await, Outcome::Request(RequestRefusal::InProgress));
    forward(&fixture, Duration::from_secs(15));
    let lapsed = Outcome::Request(RequestRefusal::Lapsed(Work::Packet(packet(9))));
    assert_eq!(fixture.run(4, again()).await, lapsed);
}
