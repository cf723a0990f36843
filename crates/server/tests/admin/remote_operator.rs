//! What keeps the service going, by commands over the admin API of a server.

use serde_json::json;

use crate::{
    client::TOKEN,
    desk::{Remote, admin_with_input, is_logged_in},
    harness::{Demo, Folder, finish, until},
};

const PRIVATE: &str = "webhook.allow_private_targets=true";

/// An endpoint at which nothing listens.
const AWAY: &str = "http://127.0.0.1:9/hooks";

#[test]
fn an_endpoint_is_run_from_another_machine() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[PRIVATE]);
    let desk = Remote::of(&demo);
    let added = desk.json(&["webhook", "add", AWAY, "--events", "user.disabled"]);
    let id = added["webhook_id"].as_str().unwrap();
    let rotated = desk.json(&["webhook", "rotate", id, "--keep-former-for", "1h"]);
    assert!(rotated["secret"].is_string() && rotated["secret"] != added["secret"], "{rotated}");
    assert_eq!(desk.json(&["webhook", "disable", id])["is_enabled"], false);
    desk.run(&["--json", "webhook", "remove", id]).assert_refused_json("webhook_enabled");
    assert_eq!(desk.json(&["webhook", "enable", id])["is_enabled"], true);

    let event = until(crate::harness::QUICKLY * 4, "a failure", || {
        desk.json(&["user", "enable", "dave"]);
        desk.json(&["user", "disable", "dave"]);
        let listed = desk.json(&["outbox", "list"]);
        let failed = listed["deliveries"].as_array().unwrap().iter().find(|told| told["error"].is_string())?;
        Some(failed["event_id"].as_str().unwrap().to_owned())
    });
    assert_eq!(desk.json(&["outbox", "retry", &event]), json!({ "retried": 1 }));
    assert_eq!(desk.json(&["webhook", "replay", id, "--event", &event]), json!({ "replayed": 1 }));
    let told = desk.json(&["webhook", "log", id, "--limit", "1000"]).as_array().unwrap().clone();
    assert!(told.iter().any(|told| told["event_id"] == json!(event)), "{told:?}");
    assert_eq!(desk.json(&["webhook", "replay", id, "--last", "1h"]), json!({ "replayed": told.len() }));
    assert_eq!(desk.json(&["outbox", "drop", &event]), json!({ "dropped": 1 }));
    desk.run(&["--json", "outbox", "drop", &event]).assert_refused_json("event_not_found");
    assert_eq!(desk.json(&["outbox", "retry", "--all-parked"]), json!({ "retried": 0 }));
    assert_eq!(desk.json(&["outbox", "drop", "--all-parked"]), json!({ "dropped": 0 }));
    demo.stop();
}

#[test]
fn a_packet_is_told_step_by_step_from_another_machine_as_it_is_here() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let packet = demo.publish();
    assert_eq!(demo.accept(&packet).verdict(), (0, ""));
    let args = ["packet", "show", &packet, "--timeline"];

    let there = Remote::of(&demo).json(&args);

    assert_eq!(there["packet"]["transfer_id"], json!(packet));
    assert_eq!(there, folder.run(&[&["admin", "--demo", "--json"], &args[..]].concat()).json());
    let words = Remote::of(&demo).run(&args);
    assert_eq!(words.stdout, folder.run(&[&["admin", "--demo"], &args[..]].concat()).stdout, "{words:?}");
    demo.stop();
}

#[test]
fn the_token_comes_from_the_environment_and_a_key_from_standard_input() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let key = "the-apps-own-key";
    assert_eq!(admin_with_input(&folder, key, &["session", "issue", "carol", "--key-stdin"]).code, Some(0));
    assert!(is_logged_in(demo.http, key));
    let desk = Remote::of(&demo);
    let by_environment = |token: &str, input: &str, args: &[&str]| {
        desk.folder.write("input", input);
        let mut bash = desk.folder.command("bash");
        bash.env("HONGBAO_ADMIN_TOKEN", token);
        bash.args(["-c", "exec \"$0\" \"$@\" < input", env!("CARGO_BIN_EXE_hongbao"), "admin", "--json"]);
        finish(bash.args(["--server", &desk.server]).args(args))
    };
    let by_key = ["session", "revoke", "--key-stdin"];

    let wrong = by_environment("hba_none", key, &by_key);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("\"unauthorized\""), "{wrong:?}");
    assert!(is_logged_in(demo.http, key));
    let ended = by_environment(TOKEN, key, &by_key).json();
    assert_eq!(ended["revoked"], 1);
    assert!(!is_logged_in(demo.http, key));
    assert_eq!(by_environment(TOKEN, key, &by_key).json()["revoked"], 0);
    let (_, stderr) = demo.stop();
    assert!(!stderr.contains(key) && !ended.to_string().contains(key), "{stderr}");
}
