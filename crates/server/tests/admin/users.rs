//! Who exists, and what each may do.

use serde_json::json;

use crate::{
    desk::{admin, is_logged_in},
    harness::{Folder, post},
};

#[test]
fn a_user_is_added_once_beside_a_server_that_runs() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);

    admin(&folder, &["user", "add", "erin"]).assert_text("erin is added\n");
    admin(&folder, &["user", "add", "erin"]).assert_text("erin was there before; nothing is changed\n");
    for added in [true, false] {
        let frank = json!({
            "user_id": "frank", "name": "", "portrait_uri": "", "is_active": true, "takes_friend_requests": true,
            "session_count": 0, "friend_count": 0, "added": added,
        });
        assert_eq!(admin(&folder, &["user", "add", "frank", "--json"]).json(), frank);
    }

    admin(&folder, &["user", "show", "erin"])
        .assert_text("erin: active, takes friend requests, sessions: 0, friends: 0\n");
    let to_erin = "session_key=demo-alice&toUserId=erin&coin_id=CNY&amount=1";
    assert_eq!(post(demo.http, "/im/msg_redpack_publish", to_erin).unwrap().verdict(), (0, ""));
}

#[test]
fn adding_a_user_again_does_not_let_one_in_who_is_out() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["user", "disable", "bob"])
        .assert_text("bob (Bob): disabled, takes friend requests, sessions: 0, friends: 0\n");

    admin(&folder, &["user", "add", "bob"]).assert_text("bob was there before; nothing is changed\n");

    admin(&folder, &["user", "show", "bob"])
        .assert_text("bob (Bob): disabled, takes friend requests, sessions: 0, friends: 0\n");
}

#[test]
fn who_is_disabled_is_logged_out_at_once_and_for_good() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    assert!(is_logged_in(demo.http, "demo-bob"));

    let disabled = admin(&folder, &["user", "disable", "bob", "--json"]).json();

    assert!(!is_logged_in(demo.http, "demo-bob"));
    let status = |is_active| {
        json!({
            "user_id": "bob", "name": "Bob", "portrait_uri": "", "is_active": is_active, "takes_friend_requests": true,
            "session_count": 0, "friend_count": 0,
        })
    };
    assert_eq!(disabled, status(false));
    assert_eq!(admin(&folder, &["user", "disable", "bob", "--json"]).json(), status(false));
    assert_eq!(admin(&folder, &["user", "enable", "bob", "--json"]).json(), status(true));
    assert!(!is_logged_in(demo.http, "demo-bob"));
    assert!(is_logged_in(demo.http, "demo-alice"));
}

#[test]
fn friend_requests_are_shut_and_opened() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let add_carol = || post(demo.http, "/im/friend_add", "session_key=demo-alice&user_id=carol").unwrap();

    let off = admin(&folder, &["user", "set", "carol", "--friend-requests", "off"]);
    off.assert_text("carol (Carol): active, takes no friend requests, sessions: 1, friends: 0\n");
    assert_eq!(add_carol().verdict().0, 5);

    let on = admin(&folder, &["user", "set", "carol", "--friend-requests", "on", "--json"]);
    assert_eq!(on.json()["takes_friend_requests"], true);
    assert_eq!(add_carol().verdict(), (0, ""));
}

#[test]
fn a_block_keeps_one_user_from_adding_another_until_it_is_lifted() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let add_bob = || post(demo.http, "/im/friend_add", "session_key=demo-alice&user_id=bob").unwrap();

    let blocked = admin(&folder, &["user", "set", "bob", "--block", "alice"]);
    blocked.assert_text("bob (Bob): active, takes friend requests, sessions: 1, friends: 0, blocks: alice\n");
    assert_eq!(add_bob().verdict().0, 5);

    assert_eq!(admin(&folder, &["user", "set", "bob", "--unblock", "alice"]).code, Some(0));
    assert_eq!(add_bob().verdict(), (0, ""));
    admin(&folder, &["user", "show", "bob"])
        .assert_text("bob (Bob): active, takes friend requests, sessions: 1, friends: 1\n");
}

#[test]
fn of_several_changes_the_first_that_is_refused_ends_the_command() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let set = |more: &[&str]| admin(&folder, &[&["user", "set", "bob"], more].concat());

    set(&["--friend-requests", "off", "--block", "carol"])
        .assert_text("bob (Bob): active, takes no friend requests, sessions: 1, friends: 0, blocks: carol\n");
    set(&["--block", "alice"])
        .assert_text("bob (Bob): active, takes no friend requests, sessions: 1, friends: 0, blocks: alice carol\n");
    set(&["--friend-requests", "on", "--block", "nobody", "--unblock", "carol"])
        .assert_refused("there is no user nobody");
    let shown = admin(&folder, &["user", "show", "bob", "--json"]).json();
    assert_eq!((&shown["takes_friend_requests"], &shown["blocks"]), (&json!(false), &json!(["alice", "carol"])));
}

#[test]
fn users_are_listed_page_by_page_and_by_prefix() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["user", "add", "bo"]);
    admin(&folder, &["user", "disable", "bo"]);
    let list = |more: &[&str]| admin(&folder, &[&["user", "list"], more].concat());

    list(&["--limit", "2"])
        .assert_text("alice: active, takes friend requests\nbo: disabled, takes friend requests\nmore: --after bo\n");
    list(&["--limit", "3", "--after", "bo"]).assert_text(
        "bob: active, takes friend requests\ncarol: active, takes friend requests\ndave: active, takes no friend requests\n",
    );
    list(&["--after", "dave"]).assert_text("no users\n");
    let page = list(&["--prefix", "bo", "--limit", "1", "--json"]).json();
    let line = json!({ "user_id": "bo", "is_active": false, "takes_friend_requests": true });
    assert_eq!(page, json!({ "users": [line], "next": "bo" }));
    let page = list(&["--prefix", "bo", "--after", "bo", "--json"]).json();
    assert_eq!(
        (&page["users"][0]["user_id"], &page["users"][1], &page["next"]),
        (&json!("bob"), &json!(null), &json!(null))
    );
    for limit in ["0", "1001", "many"] {
        list(&["--limit", limit]).assert_misused(&[limit]);
    }
}

#[test]
fn nothing_is_done_for_who_does_not_exist() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    for args in [
        &["user", "disable", "nobody"][..],
        &["user", "enable", "nobody"],
        &["user", "show", "nobody"],
        &["user", "set", "nobody", "--friend-requests", "off"],
        &["user", "set", "nobody", "--block", "alice"],
        &["user", "set", "alice", "--friend-requests", "off", "--block", "nobody"],
        &["user", "set", "alice", "--unblock", "nobody"],
        &["user", "set", "nobody", "--friend-requests", "off"],
    ] {
        admin(&folder, args).assert_refused("there is no user nobody");
    }
    admin(&folder, &["user", "set", "alice", "--block", "alice"]).assert_refused("alice can block others, not oneself");
    admin(&folder, &["user", "show", "alice"])
        .assert_text("alice (Alice): active, takes friend requests, sessions: 1, friends: 0\n");
}

#[test]
fn what_is_no_user_and_a_change_of_nothing_are_misuse() {
    let folder = Folder::new();
    admin(&folder, &["user", "add", "no body"]).assert_misused(&["no body", "illegal character", "--help"]);
    admin(&folder, &["user", "set", "alice"]).assert_misused(&["--friend-requests", "--help"]);
    admin(&folder, &["user", "set", "alice", "--friend-requests", "maybe"]).assert_misused(&["maybe", "on, off"]);
    assert!(folder.files(".").is_empty());
}
