//! Tokens and blocks, by HTTP and by commands that ask a server.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test that wants it")]

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    client::{AdminClient, TOKEN},
    desk::is_moment,
    harness::{Demo, Folder, post},
};

async fn made(admin: &AdminClient, scopes: &[&str]) -> Value {
    admin.post("tokens", json!({ "name": scopes.join("+"), "scopes": scopes })).await.done()
}

fn secret(made: &Value) -> &str {
    made["token"].as_str().unwrap()
}

#[tokio::test]
async fn a_token_is_told_once_and_to_a_repeat_under_its_key_and_is_good_until_it_is_revoked() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let wanted = json!({ "name": "billing", "scopes": ["money"], "lasts_s": 3600 });
    let made = admin.under("make").post("tokens", wanted.clone()).await.done();
    assert_eq!(admin.under("make").post("tokens", wanted).await.done(), made, "the repeat is told the token, too");
    assert!(secret(&made).starts_with("hba_") && is_moment(&made["expires_at"]), "{made}");
    let listed = admin.get("tokens").await.done();
    let tokens = listed["tokens"].as_array().unwrap();
    assert_eq!((tokens.len(), &tokens[1]["name"], tokens[1].get("token")), (2, &json!("billing"), None), "{listed}");

    let billing = AdminClient::of(&demo, secret(&made));
    billing.get("coins").await.done();
    billing.post("users/alice/disable", json!({})).await.is_problem(403, "forbidden");
    let revoke = format!("tokens/{}/revoke", made["token_id"].as_str().unwrap());
    assert!(is_moment(&admin.post(&revoke, json!({})).await.done()["revoked_at"]));
    billing.get("coins").await.is_problem(401, "unauthorized");
    admin.post("tokens/0352O0j8700mTvRyII4uoi/revoke", json!({})).await.is_problem(404, "token_not_found");

    let log = admin.get("log").await.done();
    assert!(!log.to_string().contains(secret(&made)), "{log}");
    let (_, stderr) = demo.stop();
    assert!(!stderr.contains(secret(&made)), "{stderr}");
}

#[tokio::test]
async fn no_token_makes_one_that_is_good_for_more() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let operator = AdminClient::of(&demo, secret(&made(&admin, &["operator"]).await));
    let people = AdminClient::of(&demo, secret(&made(&admin, &["people", "money"]).await));
    for scopes in [&["people"][..], &["operator", "money"], &["read", "people"]] {
        let refused = operator.post("tokens", json!({ "name": "more", "scopes": scopes })).await;
        refused.is_problem(403, "scope_not_held");
    }
    for scopes in [&["read"][..], &["operator"], &["operator", "read"]] {
        made(&operator, scopes).await;
    }
    people.post("tokens", json!({ "name": "x", "scopes": ["people"] })).await.is_problem(403, "forbidden");
    for wrong in [json!([]), json!(["root"]), json!("read")] {
        admin.post("tokens", json!({ "name": "x", "scopes": wrong })).await.is_problem(400, "invalid_request");
    }
    admin.post("tokens", json!({ "name": "", "scopes": ["read"] })).await.is_problem(400, "invalid_request");
    demo.stop();
}

#[tokio::test]
async fn who_is_blocked_cannot_add_the_user_until_the_block_is_lifted() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let add = || post(demo.http, "/im/friend_add", "session_key=demo-bob&user_id=carol").unwrap().verdict().0;
    assert_eq!(admin.put("users/carol/blocks/bob", json!({})).await.done(), json!({ "blocks": ["bob"] }));
    assert_eq!(admin.put("users/carol/blocks/bob", json!({})).await.done(), json!({ "blocks": ["bob"] }), "a repeat");
    assert_eq!(admin.get("users/carol/blocks").await.done(), json!({ "blocks": ["bob"] }));
    assert_eq!(add(), 5);
    let lifted = admin.ask(Method::DELETE, "users/carol/blocks/bob", None).await.done();
    assert_eq!(lifted, json!({ "blocks": [] }));
    assert_eq!(add(), 0);
    admin.put("users/carol/blocks/carol", json!({})).await.is_problem(422, "self_not_allowed");
    admin.put("users/carol/blocks/nobody-here", json!({})).await.is_problem(404, "user_not_found");
    admin.get("users/nobody-here/blocks").await.is_problem(404, "user_not_found");
    demo.stop();
}
