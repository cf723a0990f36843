//! Sessions.

use hongbao_domain::{
    id::{SessionKey, UserId},
    time::Timestamp,
};
use hongbao_ports::{Clock, Standing};

use crate::{
    Rig,
    case::cases,
    scene::{LIFE, TICK, alice, bob, just_before},
};

cases![
    an_unknown_key_is_nobody,
    a_registered_key_is_its_user,
    an_expired_key_is_nobody,
    the_key_of_a_disabled_user_is_nobody,
    registering_again_replaces_the_earlier_session,
    keys_that_are_almost_alike_are_different,
];

const ACTIVE: Standing = Standing { is_active: true, takes_friend_requests: true };

fn key(text: &str) -> SessionKey {
    text.parse().expect("the text is a session key")
}

async fn user_of(rig: &Rig, text: &str) -> Option<UserId> {
    rig.sessions.user_of(&key(text)).await.expect("sessions can be read")
}

async fn register(rig: &Rig, text: &str, user: UserId, expires_at: Timestamp) {
    rig.users.set_standing(user, ACTIVE).await.expect("users can be written");
    rig.sessions.register(&key(text), user, expires_at).await.expect("sessions can be written");
}

async fn an_unknown_key_is_nobody(rig: &Rig) {
    assert_eq!(user_of(rig, "demo").await, None);
}

async fn a_registered_key_is_its_user(rig: &Rig) {
    let longest = "k".repeat(SessionKey::MAX_LENGTH);
    register(rig, "demo", alice(), rig.clock.now().after(LIFE)).await;
    register(rig, "other", bob(), rig.clock.now().after(LIFE)).await;
    register(rig, &longest, alice(), rig.clock.now().after(LIFE)).await;

    assert_eq!(user_of(rig, "demo").await, Some(alice()));
    assert_eq!(user_of(rig, "other").await, Some(bob()));
    assert_eq!(user_of(rig, &longest).await, Some(alice()));
}

async fn an_expired_key_is_nobody(rig: &Rig) {
    register(rig, "demo", alice(), rig.clock.now().after(LIFE)).await;
    rig.clock.advance(just_before(LIFE));
    assert_eq!(user_of(rig, "demo").await, Some(alice()));

    rig.clock.advance(TICK);
    assert_eq!(user_of(rig, "demo").await, None);
}

async fn the_key_of_a_disabled_user_is_nobody(rig: &Rig) {
    register(rig, "demo", alice(), rig.clock.now().after(LIFE)).await;
    register(rig, "other", bob(), rig.clock.now().after(LIFE)).await;
    let disabled = Standing { is_active: false, ..ACTIVE };
    rig.users.set_standing(alice(), disabled).await.expect("users can be written");
    assert_eq!(user_of(rig, "demo").await, None);
    assert_eq!(user_of(rig, "other").await, Some(bob()));

    rig.users.set_standing(alice(), ACTIVE).await.expect("users can be written");
    assert_eq!(user_of(rig, "demo").await, Some(alice()));
}

async fn registering_again_replaces_the_earlier_session(rig: &Rig) {
    register(rig, "demo", alice(), rig.clock.now().after(LIFE)).await;
    register(rig, "demo", bob(), rig.clock.now().after(LIFE * 2)).await;
    assert_eq!(user_of(rig, "demo").await, Some(bob()));

    rig.clock.advance(LIFE);
    assert_eq!(user_of(rig, "demo").await, Some(bob()));
    register(rig, "demo", bob(), rig.clock.now()).await;
    assert_eq!(user_of(rig, "demo").await, None);
}

async fn keys_that_are_almost_alike_are_different(rig: &Rig) {
    register(rig, "demo-key", alice(), rig.clock.now().after(LIFE)).await;
    for other in ["Demo-key", "demo-ke", "demo-key1", "demo_key", "%", "demo%"] {
        assert_eq!(user_of(rig, other).await, None, "{other}");
    }
}
