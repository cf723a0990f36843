//! Users.

use hongbao_domain::{
    friend::AddFriend,
    id::UserId,
    user::{ChangeUserRefusal, UserChange, UserOverview, UserStatus},
};
use hongbao_ports::{Clock, Submit};

use super::profile::profile;
use crate::{
    TestStore,
    case::cases,
    scene::{TICK, alice, bob, carol, done, refused, user},
};

cases![
    an_unknown_user_has_no_status,
    a_status_is_kept_and_can_change,
    setting_the_same_status_again_changes_nothing,
    users_whose_ids_differ_in_case_are_two,
    only_a_new_user_is_added,
    an_overview_counts_friends_and_sessions_that_are_not_over,
    a_change_leaves_the_rest_as_it_is,
    a_change_of_several_things_is_done_whole_or_not_at_all,
];

async fn status(store: &TestStore, name: &str) -> Option<UserStatus> {
    store.queries.status(user(name)).await.expect("users can be read")
}

async fn set(store: &TestStore, name: &str, status: UserStatus) {
    store.users.set_status(user(name), status).await.expect("users can be written");
}

async fn an_unknown_user_has_no_status(store: &TestStore) {
    assert_eq!(status(store, "alice").await, None);
}

async fn a_status_is_kept_and_can_change(store: &TestStore) {
    for is_active in [true, false] {
        for takes_friend_requests in [true, false] {
            let new = UserStatus { is_active, takes_friend_requests };
            set(store, "alice", new).await;
            assert_eq!(store.queries.status(alice()).await.expect("users can be read"), Some(new));
        }
    }
    assert_eq!(store.queries.status(bob()).await.expect("users can be read"), None);
}

async fn setting_the_same_status_again_changes_nothing(store: &TestStore) {
    let same = UserStatus { is_active: true, takes_friend_requests: false };
    set(store, "alice", same).await;
    set(store, "alice", same).await;
    assert_eq!(status(store, "alice").await, Some(same));
}

async fn users_whose_ids_differ_in_case_are_two(store: &TestStore) {
    let (active, disabled) = (true, false);
    set(store, "bob", UserStatus { is_active: active, takes_friend_requests: true }).await;
    set(store, "Bob", UserStatus { is_active: disabled, takes_friend_requests: true }).await;
    assert_eq!(status(store, "bob").await.map(|status| status.is_active), Some(active));
    assert_eq!(status(store, "Bob").await.map(|status| status.is_active), Some(disabled));
}

async fn only_a_new_user_is_added(store: &TestStore) {
    let first = UserStatus { is_active: false, takes_friend_requests: true };
    let second = UserStatus { is_active: true, takes_friend_requests: false };
    for (given, is_new) in [(first, true), (first, false), (second, false)] {
        assert_eq!(store.users.add(alice(), given).await.expect("users can be written"), is_new);
        assert_eq!(status(store, "alice").await, Some(first));
    }
}

async fn an_overview_counts_friends_and_sessions_that_are_not_over(store: &TestStore) {
    let overview = async |user| store.queries.overview(user).await.expect("users can be read");
    assert_eq!(overview(alice()).await, None);
    for (name, is_active) in [("alice", true), ("bob", true), ("carol", false)] {
        set(store, name, UserStatus { is_active, takes_friend_requests: true }).await;
    }
    done(store.commands.submit(AddFriend { user: bob(), other: alice(), max: 9 }).await);
    let soon = store.clock.now().after(TICK);
    for (key, expires_at) in [("first", soon), ("second", soon.after(TICK)), ("third", soon.after(TICK))] {
        let key = key.parse().expect("the text is a session key");
        done(store.sessions.register(&key, alice(), expires_at).await);
    }
    let confirmed = profile(bob(), "Bob", "https://app.example/bob.png");
    store.profiles.confirm(&super::profile::app("app"), &confirmed, 0).await.expect("profiles can be written");

    store.clock.advance(TICK);
    let numbers = |found: Option<UserOverview>| {
        found.map(|found| (found.user.status.is_active, found.session_count, found.friend_count))
    };
    assert_eq!(numbers(overview(alice()).await), Some((true, 2, 1)), "the first session is over");
    assert_eq!(numbers(overview(carol()).await), Some((false, 0, 0)));
    let of_bob = overview(bob()).await.expect("the user exists");
    assert_eq!((of_bob.user.profile, of_bob.session_count, of_bob.friend_count), (confirmed, 0, 1));
}

async fn a_change_leaves_the_rest_as_it_is(store: &TestStore) {
    let nothing = UserChange::default();
    let unknown = store.users.change(alice(), nothing).await;
    assert_eq!(refused(unknown), ChangeUserRefusal::UserNotFound(alice()));
    assert_eq!(status(store, "alice").await, None);

    let mut now = UserStatus { is_active: true, takes_friend_requests: true };
    set(store, "alice", now).await;
    let silent = UserChange { takes_friend_requests: Some(false), ..nothing };
    let disabled = UserChange { is_active: Some(false), ..nothing };
    now.takes_friend_requests = false;
    for change in [silent, silent, nothing] {
        assert_eq!(done(store.users.change(alice(), change).await), now);
    }
    now.is_active = false;
    assert_eq!(done(store.users.change(alice(), disabled).await), now);
    assert_eq!(status(store, "alice").await, Some(now));
}

async fn a_change_of_several_things_is_done_whole_or_not_at_all(store: &TestStore) {
    let open = UserStatus { is_active: true, takes_friend_requests: true };
    for name in ["alice", "bob", "carol"] {
        set(store, name, open).await;
    }
    let silent = UserChange { takes_friend_requests: Some(false), ..UserChange::default() };
    let nobody = user("nobody");
    for change in [
        UserChange { block: Some(nobody), unblock: Some(carol()), ..silent },
        UserChange { block: Some(carol()), unblock: Some(nobody), is_active: Some(false), ..silent },
    ] {
        let refusal = refused(store.users.change(alice(), change).await);
        assert_eq!(refusal, ChangeUserRefusal::UserNotFound(nobody));
        assert_eq!(status(store, "alice").await, Some(open));
        assert_eq!(blocked_by_alice(store).await, []);
    }

    for _ in 0..2 {
        let change = UserChange { block: Some(carol()), ..silent };
        assert!(!done(store.users.change(alice(), change).await).takes_friend_requests);
        assert_eq!(blocked_by_alice(store).await, [carol()]);
    }
    for _ in 0..2 {
        let change = UserChange { block: Some(bob()), unblock: Some(carol()), ..UserChange::default() };
        assert!(!done(store.users.change(alice(), change).await).takes_friend_requests);
        assert_eq!(blocked_by_alice(store).await, [bob()]);
    }
    let both = UserChange { block: Some(carol()), unblock: Some(carol()), ..UserChange::default() };
    done(store.users.change(alice(), both).await);
    assert_eq!(blocked_by_alice(store).await, [bob()]);
}

async fn blocked_by_alice(store: &TestStore) -> Vec<UserId> {
    store.queries.blocked_by(alice()).await.expect("blocks can be read")
}
