//! The first commands of a deployment, and which store they may touch.

use serde_json::json;

use crate::{
    desk::is_logged_in,
    harness::{Folder, Program, QUICKLY},
};

#[test]
fn a_deployment_is_set_up_before_its_first_start() {
    let folder = Folder::new();
    let coin = folder.run(&["admin", "coin", "add", "CNY", "--scale", "2", "--min", "0.01", "--max", "200"]);
    coin.assert_text("CNY: scale 2, packets of 0.01 to 200\n");
    folder.run(&["admin", "user", "add", "erin"]).assert_text("erin is added\n");
    let deposit = folder.run(&["admin", "deposit", "erin", "CNY", "5", "--reference", "first", "--json"]).json();
    assert_eq!(deposit["repeated"], false);
    let session = folder.run(&["admin", "session", "issue", "erin", "--json"]).json();
    let key = session["session_key"].as_str().expect("the key is printed");

    let settings = [
        "http.listen=127.0.0.1:0",
        "im.app_key=key",
        "im.app_secret=open-sesame",
        "im.base_url=http://127.0.0.1:9",
        "im.backup_url=",
    ];
    let mut serve = folder.hongbao(&["serve"]);
    let mut server = Program::start(serve.args(settings.iter().flat_map(|setting| ["--set", setting])));
    let http = server.wait_for("the address in the log", QUICKLY, |server| {
        let log = server.stderr();
        let (_, address) = log.split_once("listening on http://")?;
        address.split_once(|c: char| c != ':' && c != '.' && !c.is_ascii_digit())?.0.parse().ok()
    });

    assert!(is_logged_in(http, key));
    folder
        .run(&["admin", "--demo", "user", "add", "x", "--set", "database.url=sqlite://data/hongbao.db"])
        .assert_trouble(&["sqlite://data/hongbao.db", "real", "--demo"]);
    assert_eq!(folder.run(&["admin", "balance", "erin", "--json"]).json()[0]["balance"], json!("5"));
    folder.run(&["admin", "user", "show", "x"]).assert_refused("there is no user x");
}

#[test]
fn only_adding_a_user_or_a_coin_makes_a_store() {
    let folder = Folder::new();
    for args in [
        &["user", "disable", "erin"][..],
        &["user", "show", "erin"],
        &["session", "issue", "erin"],
        &["coin", "list"],
        &["deposit", "erin", "CNY", "5", "--reference", "first"],
        &["packet", "show", "0000000000000000000000"],
    ] {
        folder.run(&[&["admin"], args].concat()).assert_trouble(&["sqlite://data/hongbao.db", "database.url"]);
    }
    folder.run(&["admin", "--demo", "user", "add", "erin"]).assert_trouble(&["sqlite://data/demo.db"]);
    folder
        .run(&["admin", "coin", "add", "CNY", "--scale", "2", "--min", "2", "--max", "1"])
        .assert_refused("a coin's smallest packet must be more than nothing and not above its largest");
    assert!(folder.files(".").is_empty(), "{:?}", folder.files("."));
}

#[test]
fn a_demo_is_changed_only_on_purpose() {
    let folder = Folder::new();
    folder.demo(&[]).stop();
    let url = ["--set", "database.url=sqlite://data/demo.db"];

    let refused = folder.run(&[&["admin", "user", "add", "erin"], &url[..]].concat());

    refused.assert_trouble(&["sqlite://data/demo.db", "demo", "database.url"]);
    folder.run(&["admin", "--demo", "user", "show", "erin"]).assert_refused("there is no user erin");
}

#[test]
fn the_help_says_which_commands_make_a_store() {
    let help = Folder::new().run(&["admin", "--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for word in ["`user add`", "`coin add`", "exit status 1", "only with --demo"] {
        assert!(help.stdout.contains(word), "no {word} in {}", help.stdout);
    }
}
