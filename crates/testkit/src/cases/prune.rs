//! What is kept for a while only.

use std::time::Duration;

use hongbao_domain::{
    id::{SessionKey, UserId},
    time::Timestamp,
    user::UserStatus,
};
use hongbao_ports::{Clock, Pruned, SESSION_GRACE, query::ListedSession};

use crate::{
    Rig,
    case::cases,
    scene::{LIFE, TICK, alice, done, just_before},
};

cases![
    nothing_is_kept_for_a_while_at_first,
    a_session_is_deleted_a_while_after_its_end_and_not_before,
    no_more_are_deleted_than_the_limit_and_the_oldest_first,
    a_session_that_was_made_while_the_clock_was_ahead_keeps_its_length,
    a_session_whose_end_was_right_keeps_its_end,
];

const YEAR: Duration = Duration::from_hours(24 * 365);

fn key(text: &str) -> SessionKey {
    text.parse().expect("the text is a session key")
}

async fn log_in(rig: &Rig, text: &str, expires_at: Timestamp) {
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    rig.users.set_status(alice(), status).await.expect("users can be written");
    done(rig.sessions.register(&key(text), alice(), expires_at).await);
}

async fn user_of(rig: &Rig, text: &str) -> Option<UserId> {
    rig.queries.user_of(&key(text)).await.expect("sessions can be read")
}

/// Says whether there was such a session, over or not, and ends it.
async fn was_kept(rig: &Rig, text: &str) -> bool {
    rig.sessions.revoke(&key(text)).await.expect("sessions can be written")
}

async fn prune(rig: &Rig, limit: u32) -> Pruned {
    let now = rig.retention.clock().await.expect("the clock can be read");
    assert_eq!(now, rig.clock.now());
    let pruned = rig.retention.prune(now, limit).await.expect("rows can be deleted");
    // Whatever else a store keeps for a while is its own.
    Pruned { attempts: 0, requests: 0, ..pruned }
}

async fn nothing_is_kept_for_a_while_at_first(rig: &Rig) {
    assert_eq!(prune(rig, 9).await, Pruned::default());
}

async fn a_session_is_deleted_a_while_after_its_end_and_not_before(rig: &Rig) {
    log_in(rig, "short", rig.clock.now().after(LIFE)).await;
    log_in(rig, "long", rig.clock.now().after(YEAR)).await;
    rig.clock.advance(LIFE + SESSION_GRACE);
    assert_eq!(prune(rig, 9).await, Pruned::default());

    rig.clock.advance(TICK);
    assert_eq!(prune(rig, 9).await, Pruned { sessions: 1, ..Pruned::default() });

    assert_eq!(user_of(rig, "long").await, Some(alice()));
    assert_eq!((was_kept(rig, "short").await, was_kept(rig, "long").await), (false, true));
    assert_eq!(prune(rig, 9).await, Pruned::default());
}

async fn no_more_are_deleted_than_the_limit_and_the_oldest_first(rig: &Rig) {
    for (text, hours) in [("third", 3), ("first", 1), ("second", 2)] {
        log_in(rig, text, rig.clock.now().after(LIFE * hours)).await;
    }
    rig.clock.advance(LIFE * 9);
    assert_eq!(prune(rig, 2).await.sessions, 2);
    assert_eq!((was_kept(rig, "first").await, was_kept(rig, "second").await), (false, false));
    assert!(was_kept(rig, "third").await);
}

async fn a_session_that_was_made_while_the_clock_was_ahead_keeps_its_length(rig: &Rig) {
    let now = rig.clock.now();
    rig.clock.advance(YEAR);
    log_in(rig, "ahead", rig.clock.now().after(LIFE)).await;
    rig.clock.set(now);
    log_in(rig, "right", now.after(LIFE)).await;
    assert_eq!(user_of(rig, "ahead").await, Some(alice()));

    assert!(prune(rig, 9).await.redated > 0);

    let session = ListedSession { created_at: now, expires_at: now.after(LIFE) };
    assert_eq!(rig.queries.sessions_of(alice()).await.expect("sessions can be read"), [session, session]);
    rig.clock.advance(just_before(LIFE));
    assert_eq!(user_of(rig, "ahead").await, Some(alice()));
    rig.clock.advance(TICK);
    assert_eq!(user_of(rig, "ahead").await, None);
}

async fn a_session_whose_end_was_right_keeps_its_end(rig: &Rig) {
    let now = rig.clock.now();
    rig.clock.advance(YEAR);
    log_in(rig, "ahead", now.after(LIFE)).await;
    rig.clock.set(now);

    assert!(prune(rig, 9).await.redated > 0);

    let session = ListedSession { created_at: now, expires_at: now.after(LIFE) };
    assert_eq!(rig.queries.sessions_of(alice()).await.expect("sessions can be read"), [session]);
}
