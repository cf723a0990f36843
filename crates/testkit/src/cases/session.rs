//! Sessions.

use hongbao_domain::{
    id::{SessionKey, UserId},
    session::RegisterRefusal,
    time::Timestamp,
    user::{UserChange, UserStatus},
};
use hongbao_ports::{Clock, digest, query::ListedSession};

use crate::{
    TestStore,
    case::cases,
    crowd::both,
    scene::{LIFE, TICK, alice, bob, just_before, refused},
};

cases![
    an_unknown_key_is_nobody,
    a_registered_key_is_its_user,
    an_expired_key_is_nobody,
    the_key_of_a_disabled_user_is_nobody,
    only_who_takes_part_gets_a_session,
    changing_to_disabled_ends_all_sessions_for_good,
    a_revoked_session_is_over_and_a_repeat_says_so,
    all_sessions_of_a_user_end_at_once,
    sessions_that_are_not_over_are_listed_newest_first,
    registering_again_replaces_the_earlier_session,
    the_key_of_another_user_is_refused_until_that_session_is_over,
    of_two_users_who_register_one_key_one_has_it,
    keys_that_are_almost_alike_are_different,
];

const ACTIVE: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

fn key(text: &str) -> SessionKey {
    text.parse().expect("the text is a session key")
}

async fn user_of(store: &TestStore, text: &str) -> Option<UserId> {
    store.queries.user_of(&key(text)).await.expect("sessions can be read")
}

async fn register(store: &TestStore, text: &str, user: UserId, expires_at: Timestamp) {
    store.users.set_status(user, ACTIVE).await.expect("users can be written");
    store.sessions.register(&key(text), user, expires_at).await.expect("sessions can be written");
}

async fn an_unknown_key_is_nobody(store: &TestStore) {
    assert_eq!(user_of(store, "demo").await, None);
}

async fn a_registered_key_is_its_user(store: &TestStore) {
    let longest = "k".repeat(SessionKey::MAX_LENGTH);
    register(store, "demo", alice(), store.clock.now().after(LIFE)).await;
    register(store, "other", bob(), store.clock.now().after(LIFE)).await;
    register(store, &longest, alice(), store.clock.now().after(LIFE)).await;

    assert_eq!(user_of(store, "demo").await, Some(alice()));
    assert_eq!(user_of(store, "other").await, Some(bob()));
    assert_eq!(user_of(store, &longest).await, Some(alice()));
}

async fn an_expired_key_is_nobody(store: &TestStore) {
    register(store, "demo", alice(), store.clock.now().after(LIFE)).await;
    store.clock.advance(just_before(LIFE));
    assert_eq!(user_of(store, "demo").await, Some(alice()));

    store.clock.advance(TICK);
    assert_eq!(user_of(store, "demo").await, None);
}

async fn the_key_of_a_disabled_user_is_nobody(store: &TestStore) {
    register(store, "demo", alice(), store.clock.now().after(LIFE)).await;
    register(store, "other", bob(), store.clock.now().after(LIFE)).await;
    let disabled = UserStatus { is_active: false, ..ACTIVE };
    store.users.set_status(alice(), disabled).await.expect("users can be written");
    assert_eq!(user_of(store, "demo").await, None);
    assert_eq!(user_of(store, "other").await, Some(bob()));

    store.users.set_status(alice(), ACTIVE).await.expect("users can be written");
    assert_eq!(user_of(store, "demo").await, None, "what ended stays ended");
    assert_eq!(user_of(store, "other").await, Some(bob()));
    register(store, "demo", alice(), store.clock.now().after(LIFE)).await;
    assert_eq!(user_of(store, "demo").await, Some(alice()));
}

async fn only_who_takes_part_gets_a_session(store: &TestStore) {
    let until = store.clock.now().after(LIFE);
    let unknown = store.sessions.register(&key("demo"), alice(), until).await;
    assert_eq!(refused(unknown), RegisterRefusal::UserNotFound);

    store.users.set_status(alice(), UserStatus { is_active: false, ..ACTIVE }).await.expect("users can be written");
    let disabled = store.sessions.register(&key("demo"), alice(), until).await;
    assert_eq!(refused(disabled), RegisterRefusal::UserDisabled);

    store.users.set_status(alice(), ACTIVE).await.expect("users can be written");
    assert_eq!(user_of(store, "demo").await, None);
}

async fn changing_to_disabled_ends_all_sessions_for_good(store: &TestStore) {
    for name in ["one", "two"] {
        register(store, name, alice(), store.clock.now().after(LIFE)).await;
    }
    register(store, "other", bob(), store.clock.now().after(LIFE)).await;
    for is_active in [false, true] {
        let change = UserChange { is_active: Some(is_active), ..UserChange::default() };
        store.users.change(alice(), change).await.expect("users can be written");
        assert_eq!(user_of(store, "one").await, None);
        assert_eq!(store.queries.sessions_of(alice()).await.expect("sessions can be read"), []);
    }
    assert_eq!(user_of(store, "other").await, Some(bob()));
}

async fn a_revoked_session_is_over_and_a_repeat_says_so(store: &TestStore) {
    register(store, "demo", alice(), store.clock.now().after(LIFE)).await;
    register(store, "other", alice(), store.clock.now().after(LIFE)).await;
    for was_there in [true, false] {
        assert_eq!(store.sessions.revoke(&key("demo")).await.expect("sessions can be written"), was_there);
        assert_eq!(user_of(store, "demo").await, None);
    }
    assert_eq!(user_of(store, "other").await, Some(alice()));
}

async fn all_sessions_of_a_user_end_at_once(store: &TestStore) {
    for (name, user) in [("one", alice()), ("two", alice()), ("other", bob())] {
        register(store, name, user, store.clock.now().after(LIFE)).await;
    }
    for ended in [2, 0] {
        assert_eq!(store.sessions.revoke_all(alice()).await.expect("sessions can be written"), ended);
    }
    assert_eq!((user_of(store, "one").await, user_of(store, "two").await), (None, None));
    assert_eq!(user_of(store, "other").await, Some(bob()));
}

async fn sessions_that_are_not_over_are_listed_newest_first(store: &TestStore) {
    let begin = store.clock.now();
    register(store, "short", alice(), begin.after(LIFE)).await;
    register(store, "long", alice(), begin.after(LIFE * 2)).await;
    register(store, "other", bob(), begin.after(LIFE * 2)).await;
    store.clock.advance(LIFE);
    register(store, "late", alice(), begin.after(LIFE * 2)).await;

    let expires_at = begin.after(LIFE * 2);
    let expected = [("late", begin.after(LIFE)), ("long", begin)].map(|(key, created_at)| ListedSession {
        digest: digest(&key.parse().expect("a key")),
        created_at,
        expires_at,
    });
    assert_eq!(store.queries.sessions_of(alice()).await.expect("sessions can be read"), expected);
}

async fn registering_again_replaces_the_earlier_session(store: &TestStore) {
    register(store, "demo", bob(), store.clock.now().after(LIFE)).await;
    register(store, "demo", bob(), store.clock.now().after(LIFE * 2)).await;
    assert_eq!(user_of(store, "demo").await, Some(bob()));

    store.clock.advance(LIFE);
    assert_eq!(user_of(store, "demo").await, Some(bob()));
    register(store, "demo", bob(), store.clock.now()).await;
    assert_eq!(user_of(store, "demo").await, None);
}

async fn the_key_of_another_user_is_refused_until_that_session_is_over(store: &TestStore) {
    register(store, "demo", alice(), store.clock.now().after(LIFE)).await;
    store.users.set_status(bob(), ACTIVE).await.expect("users can be written");
    let until = store.clock.now().after(LIFE * 3);
    store.clock.advance(just_before(LIFE));
    assert_eq!(refused(store.sessions.register(&key("demo"), bob(), until).await), RegisterRefusal::KeyTaken);
    assert_eq!(user_of(store, "demo").await, Some(alice()));
    assert_eq!(store.queries.sessions_of(bob()).await.expect("sessions can be read"), []);

    store.clock.advance(TICK);
    register(store, "demo", bob(), until).await;
    assert_eq!(user_of(store, "demo").await, Some(bob()));
    store.sessions.revoke(&key("demo")).await.expect("sessions can be written");
    register(store, "demo", alice(), until).await;
    assert_eq!(user_of(store, "demo").await, Some(alice()));
}

async fn of_two_users_who_register_one_key_one_has_it(store: &TestStore) {
    let until = store.clock.now().after(LIFE);
    for user in [alice(), bob()] {
        store.users.set_status(user, ACTIVE).await.expect("users can be written");
    }
    for round in 0..20 {
        let key = key(&format!("key-{round}"));
        let [ours, theirs] = store.instances().await.map(|instance| instance.sessions);
        let answers = both(async move { ours.register(&key, alice(), until).await }, async move {
            theirs.register(&key, bob(), until).await
        })
        .await;
        let (holder, refusal) = match answers {
            (Ok(()), refusal) => (alice(), refused(refusal)),
            (refusal, Ok(())) => (bob(), refused(refusal)),
            (first, second) => panic!("one must be done: {first:?}, {second:?}"),
        };
        assert_eq!(refusal, RegisterRefusal::KeyTaken);
        assert_eq!(store.queries.user_of(&key).await.expect("sessions can be read"), Some(holder));
    }
}

async fn keys_that_are_almost_alike_are_different(store: &TestStore) {
    register(store, "demo-key", alice(), store.clock.now().after(LIFE)).await;
    for other in ["Demo-key", "demo-ke", "demo-key1", "demo_key", "%", "demo%"] {
        assert_eq!(user_of(store, other).await, None, "{other}");
    }
}
