//! Tokens and registrations at the IM cloud.

use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
};

use super::profile::{add, app, copy, doubt};
use crate::{
    Rig,
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

async fn token(rig: &Rig, app: &CloudApp, user: UserId) -> Option<Token> {
    rig.queries.token(app, user).await.expect("tokens can be read")
}

async fn keep(rig: &Rig, app: &CloudApp, user: UserId, token: &str, version: u64) {
    rig.profiles.keep_token(app, user, &text(token), version).await.expect("tokens can be written");
}

async fn there_is_no_token_before_one_is_kept(rig: &Rig) {
    assert_eq!(token(rig, &app("app"), alice()).await, None);
    add(rig, alice()).await;
    assert_eq!(token(rig, &app("app"), alice()).await, None);
    doubt(rig, alice()).await;
    assert_eq!(token(rig, &app("app"), alice()).await, None);
}

async fn a_token_is_kept_until_another_takes_its_place(rig: &Rig) {
    add(rig, alice()).await;
    for new in ["r6P9a==@id1.cn.rongnav.com;id2.cn.rongcfg.com", &"x".repeat(1024), "t"] {
        keep(rig, &app("app"), alice(), new, 0).await;
        assert_eq!(token(rig, &app("app"), alice()).await, Some(text(new)));
    }
}

async fn a_token_is_for_one_user_one_app_and_one_secret(rig: &Rig) {
    add(rig, alice()).await;
    add(rig, bob()).await;
    keep(rig, &app("app"), alice(), "t", 0).await;

    let new_secret = CloudApp { secret_fingerprint: *b"12345679", ..app("app") };
    assert_eq!(token(rig, &new_secret, alice()).await, None);
    assert_eq!(token(rig, &app("another"), alice()).await, None);
    assert_eq!(token(rig, &app("app"), bob()).await, None);

    keep(rig, &new_secret, alice(), "u", 0).await;
    assert_eq!(token(rig, &new_secret, alice()).await, Some(text("u")));
    assert_eq!(token(rig, &app("app"), alice()).await, None);
}

async fn who_has_a_token_is_registered_with_that_app(rig: &Rig) {
    add(rig, alice()).await;
    assert!(!copy(rig, "app", alice()).await.is_registered);

    keep(rig, &app("app"), alice(), "t", 0).await;

    assert!(copy(rig, "app", alice()).await.is_registered);
    assert!(!copy(rig, "another", alice()).await.is_registered);
}

async fn a_new_secret_takes_no_registration_away(rig: &Rig) {
    add(rig, alice()).await;
    keep(rig, &app("app"), alice(), "t", 0).await;
    let new_secret = CloudApp { secret_fingerprint: *b"12345679", ..app("app") };

    let copy = rig.queries.cached(&new_secret, alice()).await.expect("profiles can be read");

    assert!(copy.expect("the user exists").is_registered);
}

async fn keeping_a_token_is_no_doubt_and_ends_none(rig: &Rig) {
    add(rig, alice()).await;
    keep(rig, &app("app"), alice(), "t", 0).await;
    let before = copy(rig, "app", alice()).await;
    assert!(!before.is_stale);

    let version = doubt(rig, alice()).await;
    keep(rig, &app("app"), alice(), "u", version).await;
    let after = copy(rig, "app", alice()).await;
    assert_eq!((after.is_stale, after.version), (true, version));
}

async fn a_token_that_was_fetched_meanwhile_leaves_a_doubt(rig: &Rig) {
    add(rig, alice()).await;
    let before = copy(rig, "app", alice()).await;
    let version = doubt(rig, alice()).await;
    rig.profiles.confirm(&app("app"), &before.profile, version).await.expect("profiles can be written");

    keep(rig, &app("app"), alice(), "t", before.version).await;

    assert!(copy(rig, "app", alice()).await.is_stale);
    assert_eq!(token(rig, &app("app"), alice()).await, Some(text("t")));
}

async fn two_first_tokens_at_once_are_no_doubt(rig: &Rig) {
    add(rig, alice()).await;
    keep(rig, &app("app"), alice(), "t", 0).await;
    keep(rig, &app("app"), alice(), "u", 0).await;
    let copy = copy(rig, "app", alice()).await;
    assert!(!copy.is_stale && copy.is_registered);
    assert_eq!(token(rig, &app("app"), alice()).await, Some(text("u")));
}
