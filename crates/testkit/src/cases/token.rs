//! Tokens and registrations at the IM cloud.

use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
};

use super::profile::{add, app, copy, doubt};
use crate::{
    TestStore,
    case::cases,
    scene::{alice, bob},
};

cases![
    there_is_no_token_before_one_is_kept,
    a_token_is_kept_until_another_takes_its_place,
    a_token_is_for_one_user_one_app_and_one_secret,
    who_has_a_token_is_registered_with_that_app,
    a_new_secret_takes_no_registration_away,
    keeping_a_token_is_no_doubt_and_ends_none,
    a_token_that_was_fetched_meanwhile_leaves_a_doubt,
    two_first_tokens_at_once_are_no_doubt,
];

fn text(text: &str) -> Token {
    text.parse().expect("the text is a token")
}

async fn token(store: &TestStore, app: &CloudApp, user: UserId) -> Option<Token> {
    store.queries.token(app, user).await.expect("tokens can be read")
}

async fn keep(store: &TestStore, app: &CloudApp, user: UserId, token: &str, version: u64) {
    store.profiles.keep_token(app, user, &text(token), version).await.expect("tokens can be written");
}

async fn there_is_no_token_before_one_is_kept(store: &TestStore) {
    assert_eq!(token(store, &app("app"), alice()).await, None);
    add(store, alice()).await;
    assert_eq!(token(store, &app("app"), alice()).await, None);
    doubt(store, alice()).await;
    assert_eq!(token(store, &app("app"), alice()).await, None);
}

async fn a_token_is_kept_until_another_takes_its_place(store: &TestStore) {
    add(store, alice()).await;
    for new in ["r6P9a==@id1.cn.rongnav.com;id2.cn.rongcfg.com", &"x".repeat(1024), "t"] {
        keep(store, &app("app"), alice(), new, 0).await;
        assert_eq!(token(store, &app("app"), alice()).await, Some(text(new)));
    }
}

async fn a_token_is_for_one_user_one_app_and_one_secret(store: &TestStore) {
    add(store, alice()).await;
    add(store, bob()).await;
    keep(store, &app("app"), alice(), "t", 0).await;

    let new_secret = CloudApp { secret_fingerprint: *b"12345679", ..app("app") };
    assert_eq!(token(store, &new_secret, alice()).await, None);
    assert_eq!(token(store, &app("another"), alice()).await, None);
    assert_eq!(token(store, &app("app"), bob()).await, None);

    keep(store, &new_secret, alice(), "u", 0).await;
    assert_eq!(token(store, &new_secret, alice()).await, Some(text("u")));
    assert_eq!(token(store, &app("app"), alice()).await, None);
}

async fn who_has_a_token_is_registered_with_that_app(store: &TestStore) {
    add(store, alice()).await;
    assert!(!copy(store, "app", alice()).await.is_registered);

    keep(store, &app("app"), alice(), "t", 0).await;

    assert!(copy(store, "app", alice()).await.is_registered);
    assert!(!copy(store, "another", alice()).await.is_registered);
}

async fn a_new_secret_takes_no_registration_away(store: &TestStore) {
    add(store, alice()).await;
    keep(store, &app("app"), alice(), "t", 0).await;
    let new_secret = CloudApp { secret_fingerprint: *b"12345679", ..app("app") };

    let copy = store.queries.cached(&new_secret, alice()).await.expect("profiles can be read");

    assert!(copy.expect("the user exists").is_registered);
}

async fn keeping_a_token_is_no_doubt_and_ends_none(store: &TestStore) {
    add(store, alice()).await;
    keep(store, &app("app"), alice(), "t", 0).await;
    let before = copy(store, "app", alice()).await;
    assert!(!before.is_stale);

    let version = doubt(store, alice()).await;
    keep(store, &app("app"), alice(), "u", version).await;
    let after = copy(store, "app", alice()).await;
    assert_eq!((after.is_stale, after.version), (true, version));
}

async fn a_token_that_was_fetched_meanwhile_leaves_a_doubt(store: &TestStore) {
    add(store, alice()).await;
    let before = copy(store, "app", alice()).await;
    let version = doubt(store, alice()).await;
    store.profiles.confirm(&app("app"), &before.profile, version).await.expect("profiles can be written");

    keep(store, &app("app"), alice(), "t", before.version).await;

    assert!(copy(store, "app", alice()).await.is_stale);
    assert_eq!(token(store, &app("app"), alice()).await, Some(text("t")));
}

async fn two_first_tokens_at_once_are_no_doubt(store: &TestStore) {
    add(store, alice()).await;
    keep(store, &app("app"), alice(), "t", 0).await;
    keep(store, &app("app"), alice(), "u", 0).await;
    let copy = copy(store, "app", alice()).await;
    assert!(!copy.is_stale && copy.is_registered);
    assert_eq!(token(store, &app("app"), alice()).await, Some(text("u")));
}
