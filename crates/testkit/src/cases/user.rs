//! Users.

use hongbao_ports::{Standing, StandingChange};

use crate::{
    Rig,
    case::cases,
    scene::{alice, bob, user},
};

cases![
    an_unknown_user_has_no_standing,
    a_standing_is_kept_and_can_change,
    setting_the_same_standing_again_changes_nothing,
    users_whose_ids_differ_in_case_are_two,
    only_a_new_user_is_added,
    a_change_leaves_the_rest_as_it_is,
];

async fn standing(rig: &Rig, name: &str) -> Option<Standing> {
    rig.users.standing(user(name)).await.expect("users can be read")
}

async fn set(rig: &Rig, name: &str, standing: Standing) {
    rig.users.set_standing(user(name), standing).await.expect("users can be written");
}

async fn an_unknown_user_has_no_standing(rig: &Rig) {
    assert_eq!(standing(rig, "alice").await, None);
}

async fn a_standing_is_kept_and_can_change(rig: &Rig) {
    for is_active in [true, false] {
        for takes_friend_requests in [true, false] {
            let new = Standing { is_active, takes_friend_requests };
            set(rig, "alice", new).await;
            assert_eq!(rig.users.standing(alice()).await.expect("users can be read"), Some(new));
        }
    }
    assert_eq!(rig.users.standing(bob()).await.expect("users can be read"), None);
}

async fn setting_the_same_standing_again_changes_nothing(rig: &Rig) {
    let same = Standing { is_active: true, takes_friend_requests: false };
    set(rig, "alice", same).await;
    set(rig, "alice", same).await;
    assert_eq!(standing(rig, "alice").await, Some(same));
}

async fn users_whose_ids_differ_in_case_are_two(rig: &Rig) {
    let (active, disabled) = (true, false);
    set(rig, "bob", Standing { is_active: active, takes_friend_requests: true }).await;
    set(rig, "Bob", Standing { is_active: disabled, takes_friend_requests: true }).await;
    assert_eq!(standing(rig, "bob").await.map(|standing| standing.is_active), Some(active));
    assert_eq!(standing(rig, "Bob").await.map(|standing| standing.is_active), Some(disabled));
}

async fn only_a_new_user_is_added(rig: &Rig) {
    let first = Standing { is_active: false, takes_friend_requests: true };
    let second = Standing { is_active: true, takes_friend_requests: false };
    for (given, is_new) in [(first, true), (first, false), (second, false)] {
        assert_eq!(rig.users.add(alice(), given).await.expect("users can be written"), is_new);
        assert_eq!(standing(rig, "alice").await, Some(first));
    }
}

async fn a_change_leaves_the_rest_as_it_is(rig: &Rig) {
    let nothing = StandingChange::default();
    assert_eq!(rig.users.change_standing(alice(), nothing).await.expect("users can be written"), None);
    assert_eq!(standing(rig, "alice").await, None);

    let mut now = Standing { is_active: true, takes_friend_requests: true };
    set(rig, "alice", now).await;
    let silent = StandingChange { takes_friend_requests: Some(false), ..nothing };
    let disabled = StandingChange { is_active: Some(false), ..nothing };
    now.takes_friend_requests = false;
    for change in [silent, silent, nothing] {
        assert_eq!(rig.users.change_standing(alice(), change).await.expect("users can be written"), Some(now));
    }
    now.is_active = false;
    assert_eq!(rig.users.change_standing(alice(), disabled).await.expect("users can be written"), Some(now));
    assert_eq!(standing(rig, "alice").await, Some(now));
}
