//! What a program reads when a command is not done.

use serde_json::{Value, json};

use crate::{
    desk::admin,
    harness::{Finished, Folder},
};

/// One object on standard error, nothing on standard output. Gives the exit status and the object.
#[track_caller]
fn error(finished: &Finished) -> (Option<i32>, Value) {
    assert_eq!((finished.stdout.as_str(), finished.stderr.lines().count()), ("", 1), "{finished:?}");
    (finished.code, serde_json::from_str(&finished.stderr).expect("it is JSON"))
}

#[test]
fn a_refusal_is_an_object_with_a_stable_code() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    admin(&folder, &["deposit", "bob", "CNY", "1", "--reference", "used"]);
    admin(&folder, &["user", "disable", "dave"]);
    let nothing = "0".repeat(22);
    let add =
        |scale: &'static str, min: &'static str| ["coin", "add", "CNY", "--scale", scale, "--min", min, "--max", "9"];
    let move_in = |user, coin, amount, reference| ["deposit", user, coin, amount, "--reference", reference];
    for (args, code) in [
        (&["balance", "nobody"][..], "user_not_found"),
        (&["user", "show", "nobody"], "user_not_found"),
        (&["user", "disable", "nobody"], "user_not_found"),
        (&["user", "set", "alice", "--block", "alice"], "self_not_allowed"),
        (&["user", "add", "a-b", "--set", "im.plain_ids=true"], "user_id_malformed"),
        (&["session", "list", "nobody"], "user_not_found"),
        (&["session", "revoke", "--all-of", "nobody"], "user_not_found"),
        (&["session", "issue", "dave"], "user_disabled"),
        (&["packet", "show", &nothing], "packet_not_found"),
        (&add("3", "1"), "coin_scale_differs"),
        (&add("2", "0.001"), "amount_malformed"),
        (&add("2", "10"), "coin_limits_malformed"),
        (&move_in("bob", "XYZ", "1", "new"), "coin_not_found"),
        (&move_in("bob", "CNY", "0", "new"), "amount_not_positive"),
        (&move_in("bob", "CNY", "0.001", "new"), "amount_malformed"),
        (&move_in("bob", "CNY", "2", "used"), "reference_used"),
        (&move_in("bob", "CNY", "99999999999999999999999999.99", "new"), "balance_too_high"),
        (&["withdraw", "bob", "CNY", "5000", "--reference", "new"], "balance_too_low"),
    ] {
        let (status, object) = error(&admin(&folder, &[args, &["--json"]].concat()));
        assert_eq!((status, &object["code"]), (Some(1), &json!(code)), "{args:?}: {object}");
        let message = object["message"].as_str().expect("it has a message");
        let sentence = admin(&folder, args).stderr;
        assert_eq!(sentence, format!("hongbao: {message}\n"), "people read the same");
    }
}

#[test]
fn any_other_trouble_is_an_object_too() {
    let folder = Folder::new();
    for (args, code) in [
        (&["admin", "balance", "alice"][..], "store_not_opened"),
        (&["admin", "balance", "no body"], "usage"),
        (&["admin", "balance"], "usage"),
        (&["admin", "user", "show", "x", "--set", "http.lisen=a"], "settings_invalid"),
        (&["admin", "user", "show", "x", "--set", "http.listen=a"], "settings_invalid"),
        (&["admin", "session", "issue", "x", "--key-stdin"], "session_key_malformed"),
        (&["migrate", "--set", "database.url=mysql://a/b"], "settings_invalid"),
        (&["im", "check"], "settings_invalid"),
        (&["transfer-store", "--from", "a", "--to", "b"], "settings_invalid"),
    ] {
        let (status, object) = error(&folder.run(&[args, &["--json"]].concat()));
        assert_eq!((status, &object["code"]), (Some(2), &json!(code)), "{args:?}: {object}");
        assert!(object["message"].as_str().is_some_and(|message| !message.is_empty() && !message.contains('\n')));
    }
    folder.demo(&[]).stop();
    let demo = ["--json", "--set", "database.url=sqlite://data/demo.db"];
    let (status, object) = error(&folder.run(&[&["admin", "user", "add", "erin"], &demo[..]].concat()));
    assert_eq!((status, &object["code"]), (Some(2), &json!("wrong_store")), "{object}");
}

#[test]
fn help_is_help_also_for_programs() {
    let help = Folder::new().run(&["admin", "balance", "--json", "--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    assert!(help.stdout.contains("Usage: hongbao"), "{}", help.stdout);
}
