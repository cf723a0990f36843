//! Our copy of profiles.

use hongbao_domain::{
    id::UserId,
    im_cloud::CloudApp,
    profile::{Name, Profile},
    user::UserStatus,
};
use hongbao_ports::query::CachedProfile;

use crate::{
    TestStore,
    case::cases,
    crowd::at_once,
    scene::{alice, bob, user},
};

cases![
    a_user_who_does_not_exist_has_no_copy,
    a_new_user_has_an_empty_profile_that_is_not_in_doubt,
    whoever_has_neither_name_nor_portrait_is_introduced,
    nobody_is_introduced_twice,
    a_stranger_is_not_introduced,
    a_doubt_makes_the_copy_stale,
    what_is_settled_is_kept_and_no_longer_in_doubt,
    the_longest_name_is_kept_whole,
    who_settles_after_another_doubt_changes_nothing,
    who_settles_after_another_has_settled_leaves_a_doubt,
    what_is_read_can_be_settled_without_a_doubt,
    a_doubt_is_about_one_app_and_one_user_only,
    of_many_doubts_at_once_each_has_a_version_of_its_own,
];

pub(super) fn app(key: &str) -> CloudApp {
    CloudApp { key: key.to_owned(), secret_fingerprint: *b"12345678" }
}

pub(super) fn profile(user: UserId, name: &str, portrait_uri: &str) -> Profile {
    let portrait_uri = portrait_uri.parse().expect("the text is a portrait");
    Profile { user, name: name.parse().expect("the text is a name"), portrait_uri }
}

pub(super) async fn add(store: &TestStore, user: UserId) {
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    store.users.set_status(user, status).await.expect("users can be written");
}

pub(super) async fn copy(store: &TestStore, app_key: &str, user: UserId) -> CachedProfile {
    let copy = store.queries.cached(&app(app_key), user).await.expect("profiles can be read");
    copy.expect("the user exists")
}

pub(super) async fn doubt(store: &TestStore, user: UserId) -> u64 {
    store.profiles.invalidate(&app("app"), user).await.expect("profiles can be written")
}

async fn settle(store: &TestStore, profile: &Profile, version: u64) {
    store.profiles.confirm(&app("app"), profile, version).await.expect("profiles can be written");
}

async fn introduce(store: &TestStore, profile: &Profile) {
    store.profiles.introduce(profile).await.expect("profiles can be written");
}

async fn a_user_who_does_not_exist_has_no_copy(store: &TestStore) {
    add(store, user("bob")).await;
    for stranger in [alice(), user("Bob")] {
        assert_eq!(store.queries.cached(&app("app"), stranger).await.expect("profiles can be read"), None);
    }
}

async fn a_new_user_has_an_empty_profile_that_is_not_in_doubt(store: &TestStore) {
    add(store, alice()).await;
    let empty = CachedProfile { profile: profile(alice(), "", ""), is_registered: false, is_stale: false, version: 0 };
    assert_eq!(copy(store, "app", alice()).await, empty);
}

async fn whoever_has_neither_name_nor_portrait_is_introduced(store: &TestStore) {
    add(store, alice()).await;
    let named = profile(alice(), "Alice", "http://a/1.png");

    introduce(store, &named).await;

    let copy = copy(store, "app", alice()).await;
    assert_eq!((copy.profile, copy.is_stale), (named, false));
}

async fn nobody_is_introduced_twice(store: &TestStore) {
    for (user, first) in [(alice(), ("Alice", "")), (bob(), ("", "http://b/1.png"))] {
        add(store, user).await;
        let first = profile(user, first.0, first.1);
        introduce(store, &first).await;

        introduce(store, &profile(user, "Another", "http://another")).await;

        assert_eq!(copy(store, "app", user).await.profile, first);
    }
}

async fn a_stranger_is_not_introduced(store: &TestStore) {
    introduce(store, &profile(alice(), "Alice", "")).await;
    assert_eq!(store.queries.status(alice()).await.expect("users can be read"), None);
    add(store, alice()).await;
    assert_eq!(copy(store, "app", alice()).await.profile, profile(alice(), "", ""));
}

async fn a_doubt_makes_the_copy_stale(store: &TestStore) {
    add(store, alice()).await;
    for _ in 0..2 {
        let version = doubt(store, alice()).await;
        let copy = copy(store, "app", alice()).await;
        assert_eq!((copy.is_stale, copy.version), (true, version));
    }
}

async fn what_is_settled_is_kept_and_no_longer_in_doubt(store: &TestStore) {
    add(store, alice()).await;
    for name in ["Alice", "", "张三 😀 'quoted'"] {
        let version = doubt(store, alice()).await;
        let held = profile(alice(), name, "http://a/1.png?a=1&b=2");

        settle(store, &held, version).await;

        let copy = copy(store, "app", alice()).await;
        assert_eq!((copy.profile, copy.is_stale), (held, false));
        assert!(copy.version > version);
    }
}

async fn the_longest_name_is_kept_whole(store: &TestStore) {
    add(store, alice()).await;
    let longest = profile(alice(), &"😀".repeat(Name::MAX_CHARS), &"福".repeat(Name::MAX_CHARS));
    settle(store, &longest, 0).await;
    assert_eq!(copy(store, "app", alice()).await.profile, longest);
}

async fn who_settles_after_another_doubt_changes_nothing(store: &TestStore) {
    add(store, alice()).await;
    let before = profile(alice(), "Alice", "");
    introduce(store, &before).await;
    let first = doubt(store, alice()).await;
    let second = doubt(store, alice()).await;

    settle(store, &profile(alice(), "First", ""), first).await;
    let between = copy(store, "app", alice()).await;
    assert_eq!((between.profile, between.is_stale), (before.clone(), true));

    // Nor can the second be sure: which of the two came last at the cloud?
    settle(store, &profile(alice(), "Second", ""), second).await;
    let after = copy(store, "app", alice()).await;
    assert_eq!((after.profile, after.is_stale), (before, true));

    let read = profile(alice(), "Read again", "");
    settle(store, &read, after.version).await;
    let settled = copy(store, "app", alice()).await;
    assert_eq!((settled.profile, settled.is_stale), (read, false));
}

async fn who_settles_after_another_has_settled_leaves_a_doubt(store: &TestStore) {
    add(store, alice()).await;
    let first = profile(alice(), "First", "");
    settle(store, &first, 0).await;

    settle(store, &profile(alice(), "Second", ""), 0).await;

    let copy = copy(store, "app", alice()).await;
    assert_eq!((copy.profile, copy.is_stale), (first, true));
}

async fn what_is_read_can_be_settled_without_a_doubt(store: &TestStore) {
    add(store, alice()).await;
    let version = copy(store, "app", alice()).await.version;
    let held = profile(alice(), "Alice", "");

    settle(store, &held, version).await;

    let copy = copy(store, "app", alice()).await;
    assert_eq!((copy.profile, copy.is_stale, copy.is_registered), (held, false, false));
}

async fn a_doubt_is_about_one_app_and_one_user_only(store: &TestStore) {
    add(store, alice()).await;
    add(store, bob()).await;
    doubt(store, alice()).await;
    for (app_key, user) in [("another", alice()), ("App", alice()), ("app", bob())] {
        assert!(!copy(store, app_key, user).await.is_stale, "{app_key}, {user}");
    }
}

async fn of_many_doubts_at_once_each_has_a_version_of_its_own(store: &TestStore) {
    add(store, alice()).await;
    let doubt = || {
        let profiles = store.profiles.clone();
        async move { profiles.invalidate(&app("app"), alice()).await.expect("profiles can be written") }
    };

    let mut versions = at_once((0..32).map(|_| doubt())).await;

    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 32);
}
