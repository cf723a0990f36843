//! A deployment may keep hyphen and underscore out of the ids of users and groups.

use serde_json::Value;

use crate::harness::{Answer, Demo, Folder, assert_said, finish, post};

const PLAIN: &str = "im.plain_ids=true";

/// Each parameter that names a user or a group, with the status of a malformed one and of one who does not exist.
const NAMED: [(&str, &str, u64, u64); 4] = [
    ("/im/msg_redpack_publish", "coin_id=CNY&amount=1&toUserId=", 1, 110),
    ("/im/msg_private_publish", "objectName=RC:TxtMsg&content=hi&toUserId=", 100, 110),
    ("/im/friend_add", "user_id=", 1, 3),
    ("/im/group_join", "group_id=", 1, 4),
];

fn ask(demo: &Demo, path: &str, form: &str) -> Answer {
    post(demo.http, path, &format!("session_key=demo-alice&{form}")).expect("the server answers")
}

#[test]
fn hyphen_and_underscore_are_allowed_unless_the_deployment_says_no() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    for (path, form, _, unknown) in NAMED {
        for id in ["no-body", "no_body", "-", "nobody"] {
            assert_eq!(ask(&demo, path, &format!("{form}{id}")).verdict().0, unknown, "{path} {id}");
        }
    }
}

#[test]
fn where_ids_are_plain_each_method_refuses_others_as_malformed() {
    let folder = Folder::new();
    let demo = folder.demo(&[PLAIN]);
    for (path, form, malformed, unknown) in NAMED {
        for id in ["no-body", "no_body", "-", "_"] {
            assert_eq!(ask(&demo, path, &format!("{form}{id}")).verdict().0, malformed, "{path} {id}");
        }
        assert_eq!(ask(&demo, path, &format!("{form}nobody")).verdict().0, unknown, "{path}");
    }
    folder.assert_balance("alice", "CNY", "1000", "0");
}

#[test]
fn where_ids_are_plain_coins_packets_and_groups_are_as_before() {
    let folder = Folder::new();
    let demo = folder.demo(&[PLAIN]);
    let coin = ask(&demo, "/im/msg_redpack_publish", "toUserId=bob&coin_id=US-D_T&amount=1");
    assert_eq!(coin.verdict(), (5, "coin_not_held"));
    let packet = demo.publish();
    assert_eq!(demo.accept(&packet).verdict(), (0, ""));
    assert_eq!(ask(&demo, "/im/msg_redpack_detail", &format!("transfer_id={packet}")).data("state"), "claimed");
    let hyphen = ask(&demo, "/im/msg_redpack_accept", "transfer_id=000000000000000000000-");
    assert_eq!(hyphen.verdict(), (1, "transfer_id_malformed"));
    let group = ask(&demo, "/im/group_create", "group_name=a-b_c").data("group_id").to_owned();
    assert!(group.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{group}");
    let joined = post(demo.http, "/im/group_join", &format!("session_key=demo-bob&group_id={group}"));
    assert_eq!(joined.expect("the server answers").verdict(), (0, ""));
}

#[test]
fn where_ids_are_plain_no_other_user_is_added_and_whoever_is_there_stays() {
    let folder = Folder::new();
    assert_said(&folder.run(&["admin", "user", "add", "no-body", "--set", PLAIN]), 1, &["`no-body`", "im.plain_ids"]);
    assert!(folder.files(".").is_empty(), "no store is made for that");

    folder.demo(&[]).stop();
    assert_eq!(folder.run(&["admin", "user", "add", "old-hand", "--demo"]).code, Some(0));
    let mut refused = folder.hongbao(&["admin", "user", "add", "no_body", "--demo"]);
    assert_said(&finish(refused.env("HONGBAO__IM__PLAIN_IDS", "true")), 1, &["`no_body`", "im.plain_ids"]);
    let issued = folder.run(&["admin", "session", "issue", "old-hand", "--demo", "--json", "--set", PLAIN]);
    let issued: Value = serde_json::from_str(&issued.stdout).expect("it prints JSON");
    let key = issued["session_key"].as_str().expect("the key is printed once");

    let demo = folder.demo(&[PLAIN]);
    let profile = post(demo.http, "/im/user_info", &format!("session_key={key}")).expect("the server answers");
    assert_eq!((profile.verdict(), profile.data("user_id")), ((0, ""), "old-hand"));
}
