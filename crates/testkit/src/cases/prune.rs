//! What is kept for a while only.

use std::time::Duration;

use hongbao_domain::{
    id::{SessionKey, UserId},
    outbox::Tried,
    time::Timestamp,
    user::UserStatus,
};
use hongbao_ports::{Clock, DELIVERED_LIFE, PARKED_LIFE, Pruned, SESSION_GRACE};

use crate::{
    TestStore,
    case::cases,
    scene::{LIFE, TICK, alice, done, just_before},
};

cases![
    nothing_is_kept_for_a_while_at_first,
    a_session_is_deleted_a_while_after_its_end_and_not_before,
    no_more_are_deleted_than_the_limit_and_the_oldest_first,
    a_session_that_was_made_while_the_clock_was_ahead_keeps_its_length,
    a_session_whose_end_was_right_keeps_its_end,
    what_an_endpoint_was_told_is_deleted_after_a_week_and_what_is_parked_after_a_month,
];

const YEAR: Duration = Duration::from_hours(24 * 365);

fn key(text: &str) -> SessionKey {
    text.parse().expect("the text is a session key")
}

async fn log_in(store: &TestStore, text: &str, expires_at: Timestamp) {
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    store.users.set_status(alice(), status).await.expect("users can be written");
    done(store.sessions.register(&key(text), alice(), expires_at).await);
}

async fn user_of(store: &TestStore, text: &str) -> Option<UserId> {
    store.queries.user_of(&key(text)).await.expect("sessions can be read")
}

/// Says whether there was such a session, over or not, and ends it.
async fn was_kept(store: &TestStore, text: &str) -> bool {
    store.sessions.revoke(&key(text)).await.expect("sessions can be written")
}

async fn prune(store: &TestStore, limit: u32) -> Pruned {
    let now = store.retention.clock().await.expect("the clock can be read");
    assert_eq!(now, store.clock.now());
    let pruned = store.retention.prune(now, limit).await.expect("rows can be deleted");
    // Whatever else a store keeps for a while is its own.
    Pruned { attempts: 0, requests: 0, ..pruned }
}

async fn nothing_is_kept_for_a_while_at_first(store: &TestStore) {
    assert_eq!(prune(store, 9).await, Pruned::default());
}

async fn a_session_is_deleted_a_while_after_its_end_and_not_before(store: &TestStore) {
    log_in(store, "short", store.clock.now().after(LIFE)).await;
    log_in(store, "long", store.clock.now().after(YEAR)).await;
    store.clock.advance(LIFE + SESSION_GRACE);
    assert_eq!(prune(store, 9).await, Pruned::default());

    store.clock.advance(TICK);
    assert_eq!(prune(store, 9).await, Pruned { sessions: 1, ..Pruned::default() });

    assert_eq!(user_of(store, "long").await, Some(alice()));
    assert_eq!((was_kept(store, "short").await, was_kept(store, "long").await), (false, true));
    assert_eq!(prune(store, 9).await, Pruned::default());
}

async fn no_more_are_deleted_than_the_limit_and_the_oldest_first(store: &TestStore) {
    for (text, hours) in [("third", 3), ("first", 1), ("second", 2)] {
        log_in(store, text, store.clock.now().after(LIFE * hours)).await;
    }
    store.clock.advance(LIFE * 9);
    assert_eq!(prune(store, 2).await.sessions, 2);
    assert_eq!((was_kept(store, "first").await, was_kept(store, "second").await), (false, false));
    assert!(was_kept(store, "third").await);
}

async fn times_of_sessions(store: &TestStore) -> Vec<(Timestamp, Timestamp)> {
    let sessions = store.queries.sessions_of(alice()).await.expect("sessions can be read");
    sessions.iter().map(|session| (session.created_at, session.expires_at)).collect()
}

async fn a_session_that_was_made_while_the_clock_was_ahead_keeps_its_length(store: &TestStore) {
    let now = store.clock.now();
    store.clock.advance(YEAR);
    log_in(store, "ahead", store.clock.now().after(LIFE)).await;
    store.clock.set(now);
    log_in(store, "right", now.after(LIFE)).await;
    assert_eq!(user_of(store, "ahead").await, Some(alice()));

    assert!(prune(store, 9).await.redated > 0);

    let times = (now, now.after(LIFE));
    assert_eq!(times_of_sessions(store).await, [times, times]);
    store.clock.advance(just_before(LIFE));
    assert_eq!(user_of(store, "ahead").await, Some(alice()));
    store.clock.advance(TICK);
    assert_eq!(user_of(store, "ahead").await, None);
}

async fn a_session_whose_end_was_right_keeps_its_end(store: &TestStore) {
    let now = store.clock.now();
    store.clock.advance(YEAR);
    log_in(store, "ahead", now.after(LIFE)).await;
    store.clock.set(now);

    assert!(prune(store, 9).await.redated > 0);

    assert_eq!(times_of_sessions(store).await, [(now, now.after(LIFE))]);
}

async fn what_an_endpoint_was_told_is_deleted_after_a_week_and_what_is_parked_after_a_month(store: &TestStore) {
    let (delivered, parked) = (store.told().await, store.told().await);
    store.deliver(delivered, Tried::Delivered).await;
    let told_at = store.clock.now();
    store.park(parked).await;
    let parked_at = store.clock.now();

    store.clock.set(told_at.after(DELIVERED_LIFE));
    assert_eq!(prune(store, 9).await.deliveries, 0);
    store.clock.advance(TICK);
    assert_eq!(prune(store, 9).await.deliveries, 1);
    assert_eq!(store.log().await, [parked]);

    store.clock.set(parked_at.after(PARKED_LIFE));
    assert_eq!(prune(store, 9).await.deliveries, 0);
    store.clock.advance(TICK);
    assert_eq!(prune(store, 9).await.deliveries, 1);
    assert!(store.log().await.is_empty());
}
