//! What is seen while something runs: the log, a key in use, leases.

use std::thread;

use serde_json::{Value, json};

use crate::{
    client::{AdminClient, TOKEN},
    harness::{BRISK, Demo, Folder, QUICKLY, get, post, request, until},
};

/// Lets the next call to a path of the cloud hang before it does anything.
fn arm(demo: &Demo, path: &str) {
    let rule = json!({ "path": path, "fault": "timeout", "when": "before" }).to_string();
    assert_eq!(post(demo.sandbox, "/sandbox/faults", &rule).expect("the sandbox answers").http_status, 200);
}

fn wait_until_it_hangs(demo: &Demo) {
    until(QUICKLY, "a call that hangs", || {
        get(demo.sandbox, "/sandbox/faults").ok().filter(|armed| armed.body == json!([]))
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_use_is_409_until_its_request_has_ended() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &BRISK);
    let admin = AdminClient::of(&demo, TOKEN);
    let keyed = admin.under("rename");
    arm(&demo, "/user/refresh.json");
    let first = tokio::spawn(async move { keyed.put("users/alice", json!({ "name": "Alicia" })).await });
    tokio::task::block_in_place(|| wait_until_it_hangs(&demo));

    let second = admin.under("rename").put("users/alice", json!({ "name": "Alicia" })).await;

    second.is_problem(409, "idempotency_in_progress");
    assert_eq!(second.headers["retry-after"], "1");
    let first = first.await.expect("it is answered");
    let again = admin.under("rename").put("users/alice", json!({ "name": "Alicia" })).await.done();
    assert_eq!(again["name"], "Alicia", "the first was answered {}", first.body);
    demo.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_begun_stays_in_the_log_without_a_status() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    arm(&demo, "/user/refresh.json");
    let running = admin.under("rename");
    let running = tokio::spawn(async move { running.put("users/alice", json!({ "name": "Alicia" })).await });
    tokio::task::block_in_place(|| wait_until_it_hangs(&demo));
    let line = |log: &Value| {
        let line = log["operations"][0].clone();
        (line["asked"].clone(), line["status"].clone(), line["body"].clone(), line["idempotency_key"].clone())
    };
    let expected = (json!("PUT /admin/v1/users/alice"), Value::Null, json!({ "name": "Alicia" }), json!("rename"));
    assert_eq!(line(&admin.get("log").await.done()), expected, "while it runs");

    demo.program.kill();

    assert!(running.await.is_err(), "no client was told anything, and it expects an answer");
    let demo = Demo::start(&folder, &[]);
    assert_eq!(line(&AdminClient::of(&demo, TOKEN).get("log").await.done()), expected);
    demo.stop();
}

/// Posts a form of im/* under a key, in a thread of its own.
fn keyed(demo: &Demo, path: &'static str, form: String) -> thread::JoinHandle<bool> {
    let http = demo.http;
    let headers = ["Content-Type: application/x-www-form-urlencoded", "Idempotency-Key: order-77"];
    thread::spawn(move || request(http, "POST", path, &headers, &form).is_ok())
}

fn steps<'a>(timeline: &'a Value, kind: &str) -> Vec<&'a Value> {
    timeline["steps"].as_array().into_iter().flatten().filter(|step| step["kind"] == kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leases_of_a_packet_and_of_a_claim_and_a_key_that_runs_are_in_the_timeline() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    demo.arm_timeout("before");
    let sending =
        keyed(&demo, "/im/msg_redpack_publish", "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=1".to_owned());
    tokio::task::block_in_place(|| demo.wait_until_it_hangs());
    let found = admin.get("packets?user_id=alice").await.done();
    let packet = found["packets"][0]["transfer_id"].as_str().expect("it is there").to_owned();
    let timeline = admin.get(&format!("packets/{packet}/timeline")).await.done();
    let [lease] = steps(&timeline, "lease")[..] else { panic!("{timeline}") };
    assert_eq!((&timeline["packet"]["state"], &lease["user_id"]), (&json!("sending"), &json!("alice")));
    assert!(lease["at"].as_str() > timeline["packet"]["created_at"].as_str(), "{timeline}");
    let [key] = steps(&timeline, "key")[..] else { panic!("{timeline}") };
    let what = key["what"].as_str().expect("it is a sentence");
    assert!(
        what.starts_with("im/msg_redpack_publish under the key") && what.contains(": runs, under a lease until 20"),
        "{key}"
    );
    assert!(tokio::task::block_in_place(|| sending.join()).expect("it ends"), "it is answered in the end");

    let open = tokio::task::block_in_place(|| demo.publish());
    demo.arm_timeout("before");
    let claiming = keyed(&demo, "/im/msg_redpack_accept", format!("session_key=demo-bob&transfer_id={open}"));
    tokio::task::block_in_place(|| demo.wait_until_it_hangs());
    let timeline = admin.get(&format!("packets/{open}/timeline")).await.done();
    let [lease] = steps(&timeline, "lease")[..] else { panic!("{timeline}") };
    assert_eq!((&timeline["packet"]["claims"][0]["state"], &lease["user_id"]), (&json!("claiming"), &json!("bob")));
    let [claim] = steps(&timeline, "claim")[..] else { panic!("{timeline}") };
    assert!(claim["what"].as_str().is_some_and(|what| what.starts_with("a claim began")), "{claim}");
    assert!(tokio::task::block_in_place(|| claiming.join()).expect("it ends"));
    demo.stop();
}
