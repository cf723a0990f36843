//! The admin API: users, sessions and money by HTTP alone.

use std::time::{Duration, SystemTime};

use hongbao_api::admin::{ADMIN_METHODS, HttpMethod};
use humantime::parse_rfc3339;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Executor, sqlite::SqliteConnectOptions};

use crate::{
    client::{AdminClient, TOKEN},
    desk::is_logged_in,
    harness::{Demo, Folder},
};

#[expect(clippy::disallowed_methods, reason = "a server by itself has the clock of this machine")]
fn now() -> SystemTime {
    SystemTime::now()
}

const AN_HOUR: Duration = Duration::from_hours(1);

fn deposit(reference: &str, amount: &str) -> Value {
    json!({ "reference": reference, "user_id": "erin", "coin_id": "CNY", "amount": amount })
}

#[tokio::test]
async fn a_user_is_added_logged_in_and_given_money_by_http_alone() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);

    let erin = admin.put("users/erin", json!({ "name": "Erin", "takes_friend_requests": false })).await.done();
    let expected = json!({
        "user_id": "erin", "name": "Erin", "portrait_uri": "", "is_active": true, "takes_friend_requests": false,
        "session_count": 0, "friend_count": 0, "added": true,
    });
    assert_eq!(erin, expected);
    let session = admin.post("users/erin/sessions", json!({ "expires_in_s": 3600 })).await.done();
    let moved = admin.post("deposits", deposit("order-7", "100.00")).await.done();
    assert_eq!((&moved["amount"], &moved["repeated"]), (&json!("100"), &json!(false)));
    assert_eq!(admin.post("deposits", deposit("order-7", "100")).await.done()["repeated"], true);

    let key = session["session_key"].as_str().expect("the key is told once");
    let form = format!("session_key={key}&toUserId=alice&coin_id=CNY&amount=6.66&content=hi");
    let publish = reqwest::Client::new().post(format!("http://{}/im/msg_redpack_publish", demo.http));
    let publish = publish.header("content-type", "application/x-www-form-urlencoded").body(form);
    let sent = publish.send().await.expect("the API answers").text().await.expect("there is a body");
    let sent: Value = serde_json::from_str(&sent).expect("it is JSON");
    assert_eq!(sent["status"], 0, "{sent}");
    let balances = admin.get("users/erin/balances").await.done();
    assert_eq!(balances["balances"], json!([{ "coin_id": "CNY", "balance": "93.34", "held": "6.66" }]));

    let id = session["session_id"].as_str().expect("it has an id");
    let listed = admin.get("users/erin/sessions").await.done();
    assert_eq!(listed["sessions"][0]["session_id"], id);
    admin.ask(Method::DELETE, &format!("users/erin/sessions/{id}"), None).await.done();
    assert_eq!(admin.get("users/erin/sessions").await.done()["sessions"], json!([]));
    admin.ask(Method::DELETE, &format!("users/erin/sessions/{id}"), None).await.is_problem(404, "session_not_found");
    assert_eq!(admin.post("users/erin/disable", json!({})).await.done()["is_active"], false);
    admin.post("users/erin/sessions", json!({})).await.is_problem(409, "user_disabled");
}

#[tokio::test]
async fn a_request_under_a_key_is_done_once_and_told_the_same_secrets_too() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let keyed = admin.under("order-1");

    let first = keyed.post("users/alice/sessions", json!({})).await.done();
    let again = keyed.post("users/alice/sessions", json!({})).await.done();
    assert_eq!(first, again);
    assert!(first["session_key"].as_str().is_some_and(|key| key.len() == 44), "{first}");
    keyed.post("users/bob/sessions", json!({})).await.is_problem(422, "idempotency_mismatch");
    assert_ne!(admin.under("order-2").post("users/alice/sessions", json!({})).await.done(), first);

    let disabled = admin.under("d").post("users/bob/disable", json!({})).await.done();
    admin.post("users/bob/enable", json!({})).await.done();
    assert_eq!(admin.under("d").post("users/bob/disable", json!({})).await.done(), disabled);
    assert_eq!(admin.get("users/bob").await.done()["is_active"], true, "a late repeat does nothing");

    let refused = admin.under("r").post("withdrawals", deposit("w", "5")).await;
    refused.is_problem(404, "user_not_found");
    admin.put("users/erin", json!({})).await.done();
    admin.under("r").post("withdrawals", deposit("w", "5")).await.is_problem(404, "user_not_found");

    let listed = folder.run(&["admin", "--demo", "--json", "token", "create", "--name", "other", "--scope", "people"]);
    let other = AdminClient::of(&demo, listed.json()["token"].as_str().expect("it is told once"));
    assert_ne!(other.under("order-1").post("users/alice/sessions", json!({})).await.done(), first);
}

#[tokio::test]
async fn what_is_done_is_logged_without_secrets() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    admin.put("users/erin", json!({ "name": "Erin" })).await.done();
    admin.under("k").post("users/erin/sessions", json!({ "session_key": "the-apps-own-secret" })).await.done();
    let issued = admin.post("users/erin/sessions", json!({})).await.done();
    admin.post("deposits", deposit("w", "none")).await.is_problem(400, "invalid_request");
    admin.post("deposits", deposit("w", "0")).await.is_problem(422, "amount_not_positive");
    admin.get("users/erin").await.done();

    let log = admin.get("log").await.done();

    let told = |index: usize| (log["operations"][index]["asked"].clone(), log["operations"][index]["status"].clone());
    assert_eq!(
        log["operations"].as_array().map(Vec::len),
        Some(4),
        "reads and what cannot be read are no changes: {log}"
    );
    assert_eq!(told(0), (json!("POST /admin/v1/deposits"), json!(422)));
    assert_eq!(told(2), (json!("POST /admin/v1/users/erin/sessions"), json!(200)));
    assert_eq!(told(3), (json!("PUT /admin/v1/users/erin"), json!(200)));
    assert_eq!(log["operations"][3]["body"], json!({ "name": "Erin" }));
    assert_eq!(log["operations"][0]["answer"]["code"], "amount_not_positive");
    assert_eq!(log["operations"][1]["answer"]["session_id"], issued["session_id"]);
    assert_eq!((&log["operations"][2]["idempotency_key"], &log["operations"][2]["body"]), (&json!("k"), &json!({})));
    let first = admin.get("log?limit=3").await.done();
    let cursor = first["next"].as_str().expect("there is more");
    let second = admin.get(&format!("log?limit=3&cursor={cursor}")).await.done();
    assert_eq!((second["operations"].as_array().map(Vec::len), &second["next"]), (Some(1), &Value::Null));

    let (_, stderr) = demo.stop();
    for secret in ["the-apps-own-secret", issued["session_key"].as_str().expect("it is told once"), TOKEN] {
        assert!(!log.to_string().contains(secret) && !stderr.contains(secret), "{secret}");
        for file in folder.files("data") {
            let bytes = std::fs::read(folder.path(format!("data/{file}"))).expect("it can be read");
            assert!(!String::from_utf8_lossy(&bytes).contains(secret), "{secret} in {file}");
        }
    }
    let mut file = SqliteConnectOptions::new().filename(folder.path("data/demo.db")).connect().await.expect("it opens");
    for sql in [
        "UPDATE admin_operations SET asked = ''",
        "UPDATE admin_operations SET nonce = NULL",
        "DELETE FROM admin_operations",
    ] {
        let refused = file.execute(sql).await.expect_err("what was asked for stays").to_string();
        assert!(refused.contains(" is never "), "{sql}: {refused}");
    }
}

/// The store's own random part is in them: a token and the keys that it was used with tell none.
#[tokio::test]
async fn the_same_token_and_key_make_another_secret_at_another_store() {
    let mut keys = Vec::new();
    for _ in 0..2 {
        let folder = Folder::new();
        let demo = Demo::start(&folder, &[]);
        let issue = async |demo: &Demo| {
            AdminClient::of(demo, TOKEN).under("k").post("users/alice/sessions", json!({})).await.done()
        };
        let issued = issue(&demo).await;
        demo.stop();
        let demo = Demo::start(&folder, &[]);
        assert_eq!(issue(&demo).await, issued, "a repeat is told the same after a restart");
        demo.stop();
        keys.push(issued["session_key"].clone());
    }
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_token_is_good_for_its_scopes_until_it_is_revoked() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let create = |scope: &str| {
        let args = ["admin", "--demo", "--json", "token", "create", "--name", scope, "--scope", scope];
        folder.run(&args).json()
    };
    let token = |created: &Value| created["token"].as_str().expect("it is told once").to_owned();

    let nothing = AdminClient::of(&demo, "hba_none").get("users").await;
    nothing.is_problem(401, "unauthorized");
    assert_eq!(nothing.headers["www-authenticate"], "Bearer");
    let (read, people) = (create("read"), create("people"));
    let reader = AdminClient::of(&demo, &token(&read));
    reader.get("users").await.done();
    reader.put("users/erin", json!({})).await.is_problem(403, "forbidden");
    let people_client = AdminClient::of(&demo, &token(&people));
    people_client.get("users").await.done();
    people_client.put("users/erin", json!({})).await.done();
    people_client.post("deposits", deposit("w", "5")).await.is_problem(403, "forbidden");

    let id = people["token_id"].as_str().expect("it has an id");
    folder.run(&["admin", "--demo", "token", "revoke", id]);
    people_client.get("users").await.is_problem(401, "unauthorized");
    let short =
        ["admin", "--demo", "--json", "token", "create", "--name", "x", "--scope", "read", "--expires-in", "1ms"];
    AdminClient::of(&demo, &token(&folder.run(&short).json())).get("users").await.is_problem(401, "unauthorized");
    let listed = folder.run(&["admin", "--demo", "--json", "token", "list"]).json();
    let used: Vec<_> = listed.as_array().unwrap().iter().map(|token| !token["last_used_at"].is_null()).collect();
    assert_eq!(used[1..], [true, true, false], "{listed}");
    assert!(!listed.to_string().contains(&token(&read)));
}

#[tokio::test]
async fn every_endpoint_is_served_and_wants_a_token() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let stranger = AdminClient::of(&demo, "hba_none");
    for method in ADMIN_METHODS {
        let path = method.path.trim_start_matches("/admin/v1/").replace(['{', '}'], "");
        let verb = match method.method {
            HttpMethod::Get => Method::GET,
            HttpMethod::Put => Method::PUT,
            HttpMethod::Post => Method::POST,
            HttpMethod::Delete => Method::DELETE,
        };
        let told = stranger.ask(verb, &path, None).await;
        assert_eq!(told.status.as_u16(), 401, "{}: {}", method.name, told.body);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_problem() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    admin.get("nothing").await.is_problem(404, "not_found");
    for empty in ["users/", "users//sessions", "users//sessions/x", "packets/", "coins/"] {
        admin.get(empty).await.is_problem(404, "not_found");
        admin.put(empty, json!({})).await.is_problem(404, "not_found");
    }
    let wrong_method = admin.ask(Method::DELETE, "users/erin", None).await;
    wrong_method.is_problem(405, "method_not_allowed");
    assert_eq!(wrong_method.headers["allow"], "PUT, GET");
    let json = "application/json";
    for (body, says) in [("{", "not JSON"), ("[]", "not a JSON object"), (r#"{"nickname": "E"}"#, "nickname")] {
        let told = admin.send(Method::PUT, "users/erin", Some((json, body))).await;
        told.is_problem(400, "invalid_request");
        assert!(told.body["detail"].as_str().is_some_and(|detail| detail.contains(says)), "{}", told.body);
    }
    admin.send(Method::PUT, "users/erin", Some(("text/plain", "{}"))).await.is_problem(415, "unsupported_media_type");
    let long = format!(r#"{{"name": "{}"}}"#, "a".repeat(1 << 20));
    admin.send(Method::PUT, "users/erin", Some((json, &long))).await.is_problem(413, "body_too_large");
    admin.put("users/e%20in", json!({})).await.is_problem(400, "invalid_request");
    admin.put("users/erin", json!({ "user_id": "bob" })).await.is_problem(400, "invalid_request");
    admin.get("users?limit=0").await.is_problem(400, "invalid_request");
    admin.get("users?limit=1&limit=2").await.is_problem(400, "invalid_request");
    admin.get("users/erin").await.is_problem(404, "user_not_found");
    assert_eq!(admin.get("log").await.done()["operations"], json!([]));
}

#[tokio::test]
async fn an_open_packet_is_taken_back_and_the_statement_says_so() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let (open, claimed) = (demo.publish(), demo.publish());
    assert_eq!(demo.accept(&claimed).verdict(), (0, ""));

    let listed = admin.get("users/alice/packets?limit=1").await.done();
    assert_eq!(
        (&listed["packets"][0]["transfer_id"], &listed["packets"][0]["stage"]),
        (&json!(claimed), &json!("claimed"))
    );
    let next = listed["next"].as_str().expect("there is another page");
    let second = admin.get(&format!("users/alice/packets?limit=1&cursor={next}")).await.done();
    assert_eq!((&second["packets"][0]["transfer_id"], &second["next"]), (&json!(open), &Value::Null));

    let taken_back = admin.under("c").post(&format!("packets/{open}/cancel"), json!({})).await.done();
    assert_eq!((&taken_back["stage"], &taken_back["held"]), (&json!("refunded"), &json!("0")));
    assert_eq!(admin.under("c").post(&format!("packets/{open}/cancel"), json!({})).await.done(), taken_back);
    assert_eq!(admin.get(&format!("packets/{open}")).await.done(), taken_back);
    assert_eq!(demo.accept(&open).verdict(), (4, "cancelled"));
    admin.post(&format!("packets/{claimed}/cancel"), json!({})).await.is_problem(409, "packet_not_open");
    admin.post("packets/0355sWBkoh7TdKo1V5qcHe/cancel", json!({})).await.is_problem(404, "packet_not_found");

    let statement = admin.get("users/alice/statement?coin_id=CNY&limit=2").await.done();
    let causes = |statement: &Value| {
        let postings = statement["postings"].as_array().cloned().unwrap_or_default();
        let fields = ["cause", "amount", "balance"];
        postings.iter().map(|posting| fields.map(|field| posting[field].clone())).collect::<Vec<_>>()
    };
    let expected = [["refund", "8.88", "991.12"], ["reserve", "-8.88", "982.24"]];
    assert_eq!(causes(&statement), expected.map(|posting| posting.map(|text| json!(text))));
    let next = statement["next"].as_str().expect("there is another page");
    let rest = admin.get(&format!("users/alice/statement?coin_id=CNY&cursor={next}")).await.done();
    assert_eq!((causes(&rest).len(), &rest["next"]), (2, &Value::Null));
    let future = admin.get("users/alice/statement?coin_id=CNY&from=2999-01-01T00:00:00Z").await.done();
    assert_eq!(future["postings"], json!([]));
    admin.get("users/alice/statement?coin_id=GOLD").await.is_problem(404, "coin_not_found");
}

#[tokio::test]
async fn the_apps_own_key_logs_in_until_it_is_ended_and_is_nobody_elses() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let key = "the-apps-own-key-4711";
    let wish = |life_s: u64| json!({ "session_key": key, "expires_in_s": life_s });

    let before = now();
    let issued = admin.post("users/carol/sessions", wish(3600)).await.done();
    assert_eq!(issued.get("session_key"), None, "the app knows it: {issued}");
    let expires_at = parse_rfc3339(issued["expires_at"].as_str().expect("it is a text")).expect("it is a moment");
    // It is written to the millisecond.
    let (from, until) = (before + AN_HOUR - Duration::from_millis(1), now() + AN_HOUR);
    assert!((from..=until).contains(&expires_at), "{issued}");
    assert!(is_logged_in(demo.http, key));
    admin.post("users/bob/sessions", wish(60)).await.is_problem(409, "session_key_taken");

    let by_key = json!({ "session_key": key });
    let ended = admin.under("logout").post("sessions/revoke", by_key.clone()).await.done();
    assert_eq!(ended, json!({ "revoked": 1, "session_id": issued["session_id"] }));
    assert!(!is_logged_in(demo.http, key));
    assert_eq!(admin.under("logout").post("sessions/revoke", by_key.clone()).await.done(), ended);
    admin
        .under("logout")
        .post("sessions/revoke", json!({ "session_key": "other" }))
        .await
        .is_problem(422, "idempotency_mismatch");
    assert_eq!(admin.post("sessions/revoke", by_key).await.done()["revoked"], 0);
    admin.post("sessions/revoke", json!({})).await.is_problem(400, "invalid_request");
    admin.post("users/bob/sessions", wish(60)).await.done();
    assert!(is_logged_in(demo.http, key), "it is free for another user");

    let log = admin.get("log").await.done().to_string();
    let (_, stderr) = demo.stop();
    assert!(!log.contains(key) && !stderr.contains(key), "{log} {stderr}");
}
