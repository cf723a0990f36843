//! The commands over the admin API of a server, with neither its store nor its password at hand.

use serde_json::{Value, json};

use crate::{
    client::TOKEN,
    desk::is_moment,
    harness::{Demo, Finished, Folder},
};

/// A folder without a store, from which a server of another folder is asked.
struct Desk {
    folder: Folder,
    server: String,
}

impl Desk {
    fn of(demo: &Demo) -> Self {
        Self { folder: Folder::new(), server: format!("http://{}", demo.admin) }
    }

    fn run(&self, args: &[&str]) -> Finished {
        self.folder.run(&[&["admin", "--server", &self.server, "--token", TOKEN], args].concat())
    }

    fn json(&self, args: &[&str]) -> Value {
        self.run(&[&["--json"], args].concat()).json()
    }
}

#[test]
fn a_user_is_added_logged_in_and_given_money_without_the_store() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let desk = Desk::of(&demo);
    desk.run(&["user", "add", "erin"]).assert_text("erin: active, takes friend requests\n");
    desk.run(&["user", "set", "erin", "--friend-requests", "off"])
        .assert_text("erin: active, takes no friend requests\n");
    let issued = desk.json(&["session", "issue", "erin", "--expires-in", "1h"]);
    assert!(issued["session_key"].is_string() && is_moment(&issued["expires_at"]), "{issued}");
    assert_eq!(desk.json(&["session", "list", "erin"])[0]["session_id"], issued["session_id"]);
    let moved = desk.json(&["deposit", "erin", "CNY", "12.50", "--reference", "r1"]);
    assert_eq!((&moved["amount"], &moved["repeated"]), (&json!("12.5"), &json!(false)));
    desk.json(&["withdraw", "erin", "CNY", "2.5", "--reference", "r2"]);
    assert_eq!(desk.json(&["balance", "erin"]), json!([{ "coin_id": "CNY", "balance": "10", "held": "0" }]));
    assert_eq!(desk.json(&["session", "revoke", "--all-of", "erin"]), json!({ "revoked": 1 }));
    assert_eq!(desk.json(&["user", "disable", "erin"])["is_active"], false);
    assert_eq!(desk.json(&["user", "enable", "erin"])["is_active"], true);
    assert_eq!(desk.json(&["user", "list", "--prefix", "er"])["users"][0]["user_id"], "erin");
    assert_eq!(desk.json(&["coin", "add", "GOLD", "--scale", "0", "--min", "1", "--max", "9"])["coin_id"], "GOLD");
    assert!(desk.json(&["coin", "list"]).to_string().contains("GOLD"));

    let packet = demo.publish();
    assert_eq!(desk.json(&["packet", "show", &packet])["stage"], "open");
    assert_eq!(desk.json(&["packet", "list", "--user", "alice"])["packets"][0]["transfer_id"], json!(packet));
    let audit = desk.run(&["audit"]);
    assert!(audit.code == Some(0) && audit.stdout.contains("the money holds"), "{audit:?}");
    desk.run(&["outbox", "list"]).assert_text("there is none\n");
    desk.run(&["webhook", "list"]).assert_text("there is no endpoint\n");
    assert!(desk.folder.files(".").iter().all(|file| !file.ends_with(".db")), "no store was made");
}

#[test]
fn what_is_refused_there_is_refused_here() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let desk = Desk::of(&demo);
    desk.run(&["user", "show", "erin"]).assert_refused("there is no user erin");
    desk.run(&["--json", "webhook", "add", "https://127.0.0.1/"]).assert_refused_json("webhook_target_refused");
    let broke = |finished: Finished, code: &str| {
        let expected = format!(r#""code":"{code}""#);
        assert!(finished.code == Some(2) && finished.stderr.contains(&expected), "{finished:?}");
    };
    for command in [&["token", "list"][..], &["group", "stuck"], &["user", "set", "erin", "--block", "bob"]] {
        broke(desk.run(&[&["--json"], command].concat()), "not_over_http");
    }
    let ask = |args: &[&str]| desk.folder.run(&[&["admin", "--json", "--server", &desk.server], args].concat());
    broke(ask(&["--token", "hba_none", "coin", "list"]), "unauthorized");
    broke(ask(&["coin", "list"]), "no_token");
    let away = Desk { server: "http://127.0.0.1:9".to_owned(), folder: Folder::new() };
    broke(away.run(&["--json", "coin", "list"]), "unavailable");
    let public = Desk { server: format!("http://{}", demo.http), folder: Folder::new() };
    broke(public.run(&["--json", "coin", "list"]), "not_hongbao");
    desk.folder.run(&["admin", "--token", TOKEN, "coin", "list"]).assert_misused(&["--server"]);
}
