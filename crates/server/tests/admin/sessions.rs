//! Who is logged in.

use serde_json::json;

use crate::{
    desk::{admin, admin_with_input, is_logged_in, is_moment},
    harness::Folder,
};

const KEY: &str = "made-by-the-app-0123456789";

/// The last word of what is printed for people.
fn last_word(text: &str) -> &str {
    text.split_whitespace().next_back().unwrap_or_default()
}

#[test]
fn a_fresh_key_is_printed_once_and_logs_in() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    admin(&folder, &["user", "add", "erin"]);

    let text = admin(&folder, &["session", "issue", "erin"]);
    let json = admin(&folder, &["session", "issue", "erin", "--expires-in", "12h", "--json"]).json();

    assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""), "{text:?}");
    assert!(text.stdout.starts_with("erin has a session until 20"), "{}", text.stdout);
    let keys = [last_word(&text.stdout), json["session_key"].as_str().expect("the key is printed")];
    assert_ne!(keys[0], keys[1]);
    for key in keys {
        assert!(key.len() == 44 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
        assert!(is_logged_in(demo.http, key));
    }
    assert!(is_moment(&json["expires_at"]) && json["user_id"] == "erin", "{json}");
    for listed in [&["session", "list", "erin"][..], &["session", "list", "erin", "--json"]] {
        let listed = admin(&folder, listed).stdout;
        assert!(keys.iter().all(|key| !listed.contains(key)), "{listed}");
    }
}

#[test]
fn a_session_ends_when_its_time_is_over() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);

    let issued = admin(&folder, &["session", "issue", "bob", "--expires-in", "1us", "--json"]).json();

    assert!(!is_logged_in(demo.http, issued["session_key"].as_str().expect("the key is printed")));
    assert_eq!(admin(&folder, &["session", "list", "bob", "--json"]).json().as_array().map(Vec::len), Some(1));
}

#[test]
fn the_apps_own_key_is_read_from_standard_input_and_never_printed() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    for (key, end) in [("key-without-an-end", ""), ("key-with-an-end", "\n"), ("key-of-windows", "\r\n")] {
        let input = format!("{key}{end}");
        let text = admin_with_input(&folder, &input, &["session", "issue", "carol", "--key-stdin"]);
        assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""), "{text:?}");
        assert!(text.stdout.starts_with("carol has a session until ") && !text.stdout.contains(key), "{text:?}");
        assert!(is_logged_in(demo.http, key), "{key}");
        let json = admin_with_input(&folder, &input, &["session", "issue", "carol", "--key-stdin", "--json"]).json();
        assert_eq!(json.as_object().map(|json| json.contains_key("session_key")), Some(false), "{json}");
    }
    assert_eq!(admin(&folder, &["session", "list", "carol", "--json"]).json().as_array().map(Vec::len), Some(4));
}

#[test]
fn the_key_of_one_user_does_not_become_anothers() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let issue = |user| admin_with_input(&folder, KEY, &["session", "issue", user, "--key-stdin"]);
    assert_eq!(issue("carol").code, Some(0));

    issue("alice").assert_refused("the key is a session of another user; end that one first, or use another key");
    assert_eq!(issue("carol").code, Some(0), "a repeat for the same user is fine");
    admin(&folder, &["user", "show", "carol"])
        .assert_text("carol (Carol): active, takes friend requests, sessions: 2, friends: 0\n");

    admin_with_input(&folder, KEY, &["session", "revoke", "--key-stdin"]).assert_text("sessions ended: 1\n");
    assert_eq!(issue("alice").code, Some(0));
}

#[test]
fn what_is_no_key_is_refused_and_not_repeated() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    for (key, why) in
        [("", "empty"), ("\n", "empty"), ("two words", "illegal"), ("密钥", ""), (&"k".repeat(56), "length")]
    {
        for args in [&["session", "issue", "alice", "--key-stdin"][..], &["session", "revoke", "--key-stdin"]] {
            let refused = admin_with_input(&folder, key, args);
            refused.assert_trouble(&["standard input", "not a session key", why]);
            assert!(key.trim().is_empty() || !refused.stderr.contains(key), "{refused:?}");
        }
    }
}

#[test]
fn one_session_is_revoked_or_all() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    admin_with_input(&folder, KEY, &["session", "issue", "bob", "--key-stdin"]);
    assert!(is_logged_in(demo.http, KEY));

    admin_with_input(&folder, KEY, &["session", "revoke", "--key-stdin"]).assert_text("sessions ended: 1\n");
    assert!(!is_logged_in(demo.http, KEY));
    assert!(is_logged_in(demo.http, "demo-bob"));
    admin_with_input(&folder, KEY, &["session", "revoke", "--key-stdin"]).assert_text("there was no such session\n");

    let all = admin(&folder, &["session", "revoke", "--all-of", "bob", "--json"]);
    assert_eq!(all.json(), json!({ "revoked": 1 }));
    assert!(!is_logged_in(demo.http, "demo-bob"));
    assert!(is_logged_in(demo.http, "demo-alice"));
    admin(&folder, &["session", "list", "bob"]).assert_text("no sessions\n");
    assert_eq!(admin(&folder, &["session", "list", "bob", "--json"]).json(), json!([]));
}

#[test]
fn sessions_are_listed_newest_first() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["session", "issue", "bob", "--expires-in", "1h"]);

    let list = admin(&folder, &["session", "list", "bob", "--json"]).json();

    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), 2);
    for session in list {
        assert!(is_moment(&session["created_at"]) && is_moment(&session["expires_at"]), "{session}");
        assert!(session["session_id"].as_str().is_some_and(|id| id.len() == 16), "{session}");
        assert_eq!(session.as_object().map(serde_json::Map::len), Some(3), "{session}");
    }
    assert!(list[0]["created_at"].as_str() >= list[1]["created_at"].as_str());
    assert!(list[0]["expires_at"].as_str() < list[1]["expires_at"].as_str(), "the demo's lasts for years");
    let text = admin(&folder, &["session", "list", "bob"]).stdout;
    assert!(text.starts_with("created ") && text.lines().count() == 3, "{text}");
}

#[test]
fn who_does_not_exist_or_is_disabled_gets_no_session() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    for args in [
        &["session", "issue", "nobody"][..],
        &["session", "list", "nobody"],
        &["session", "revoke", "--all-of", "nobody"],
    ] {
        admin(&folder, args).assert_refused("there is no user nobody");
    }
    admin(&folder, &["user", "disable", "dave"]);
    admin(&folder, &["session", "issue", "dave"]).assert_refused("dave is disabled and cannot have a session");
}

#[test]
fn spans_that_make_no_sense_and_unclear_wishes_are_misuse() {
    let folder = Folder::new();
    for (span, why) in [("0s", "some time"), ("soon", "span of time"), ("11years", "10 years"), ("-1d", "-1")] {
        admin(&folder, &["session", "issue", "alice", "--expires-in", span]).assert_misused(&[why]);
    }
    admin(&folder, &["session", "revoke"]).assert_misused(&["--key-stdin", "--all-of"]);
    admin(&folder, &["session", "revoke", "--key-stdin", "--all-of", "bob"]).assert_misused(&["cannot be used with"]);
    admin(&folder, &["session", "revoke", KEY]).assert_misused(&["unexpected argument"]);
}
