//! Calls to the IM cloud by what came of them, and turns that did not come in time.

use serde_json::json;

use super::Scrape;
use crate::harness::{Demo, Folder, Program, QUICKLY, REAL, post};

const PUBLISH: &str = "/im/msg_redpack_publish";
const PACKET: &str = "toUserId=bob&coin_id=CNY&amount=1&content=x";

/// The outcomes of one quota's tries: done, rejected, throttled, unreached, unknown.
fn outcomes(scrape: &Scrape) -> [Option<u64>; 5] {
    ["done", "rejected", "throttled", "unreached", "unknown"].map(|outcome| {
        scrape.count(&format!("hongbao_cloud_tries_total{{quota=\"private_messages\",outcome=\"{outcome}\"}}"))
    })
}

/// Lets the next messages to the cloud fail.
#[track_caller]
fn arm(demo: &Demo, fault: &str) {
    let rule = json!({ "path": "/message/private/publish.json", "fault": fault });
    let armed = post(demo.sandbox, "/sandbox/faults", &rule.to_string()).expect("the sandbox answers");
    assert_eq!(armed.http_status, 200, "{armed:?}");
}

#[track_caller]
fn publish(demo: &Demo) -> u64 {
    let answer = post(demo.http, PUBLISH, &format!("session_key=demo-alice&{PACKET}")).expect("it is answered");
    answer.verdict().0
}

#[test]
fn a_try_is_counted_by_what_came_of_it() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    assert_eq!(outcomes(&Scrape::of(&demo)), [Some(0); 5]);

    arm(&demo, "reject");
    assert_eq!(publish(&demo), 3);
    assert_eq!(outcomes(&Scrape::of(&demo)), [0, 1, 0, 0, 0].map(Some));

    arm(&demo, "rate_limit");
    assert_eq!(publish(&demo), 0, "it is tried again");
    assert_eq!(outcomes(&Scrape::of(&demo)), [1, 1, 1, 0, 0].map(Some));

    arm(&demo, "garbage");
    assert_eq!(publish(&demo), 0, "a notice may be repeated");
    let scrape = Scrape::of(&demo);
    assert_eq!(outcomes(&scrape), [2, 1, 1, 0, 1].map(Some));
    assert_eq!(scrape.count("hongbao_cloud_try_duration_seconds_count"), Some(5));
    demo.stop();
}

#[test]
fn a_cloud_that_takes_no_connection_is_unreached() {
    let folder = Folder::new();
    let settings = ["--set", "database.url=sqlite://hb.db"];
    let admin = |args: &[&str]| {
        let done = folder.run(&[&["admin", "--json"], args, &settings].concat());
        assert_eq!(done.code, Some(0), "{args:?}: {done:?}");
        done.stdout
    };
    admin(&["coin", "add", "CNY", "--scale", "2", "--min", "0.01", "--max", "500"]);
    for user in ["alice", "bob"] {
        admin(&["user", "add", user]);
    }
    admin(&["deposit", "alice", "CNY", "100", "--reference", "first"]);
    let issued: serde_json::Value = serde_json::from_str(&admin(&["session", "issue", "alice"])).expect("it is JSON");
    let key = issued["session_key"].as_str().expect("a key is told");
    let listen = ["serve", "--set", "http.listen=127.0.0.1:0"];
    let mut server = Program::start(&mut folder.hongbao(&[&listen, &REAL[..], &settings].concat()));
    let told = |log: &str, before: &str| log.split_once(before)?.1.split_whitespace().next()?.parse().ok();
    let (http, admin_address) = server.wait_for("both addresses", 2 * QUICKLY, |server| {
        let log = server.stderr();
        Some((told(&log, "listening on http://")?, told(&log, " admin.address=")?))
    });

    let answer = post(http, PUBLISH, &format!("session_key={key}&{PACKET}")).expect("it is answered");

    assert_eq!(answer.verdict().0, 3, "{answer:?}");
    assert_eq!(outcomes(&Scrape::at(admin_address)), [0, 0, 0, 3, 0].map(Some));
    server.signal("INT");
    let (status, _, log) = server.ended(QUICKLY);
    assert_eq!(status.code(), Some(0), "{log}");
}

#[test]
fn a_turn_that_would_not_come_in_time_is_counted_and_no_call_is_made() {
    let folder = Folder::new();
    let demo = folder.demo(&["im.private_messages_per_minute=1", "im.pacing=100ms"]);
    assert_eq!(publish(&demo), 0);
    let refused = |quota: &str| format!("hongbao_pacing_refused_total{{quota=\"{quota}\"}}");
    assert_eq!(Scrape::of(&demo).count(&refused("private_messages")), Some(0));

    assert_eq!([publish(&demo), publish(&demo)], [3, 3], "the next turn is in a minute");

    let scrape = Scrape::of(&demo);
    assert_eq!(scrape.count(&refused("private_messages")), Some(2));
    assert_eq!(scrape.count(&refused("groups")), Some(0));
    assert_eq!(outcomes(&scrape), [1, 0, 0, 0, 0].map(Some));
    demo.stop();
}
