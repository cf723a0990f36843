//! What red packets can be sent in.

use serde_json::json;

use crate::{
    desk::admin,
    harness::{Folder, post},
};

#[test]
fn a_new_coin_can_be_sent_beside_a_server_that_runs() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let points = ["coin", "add", "POINT", "--scale", "1", "--min", "0.5", "--max", "100"];

    admin(&folder, &points).assert_text("POINT: scale 1, packets of 0.5 to 100\n");
    let line =
        json!({ "coin_id": "POINT", "scale": 1, "min_amount": "0.5", "max_amount": "100", "takes_packets": true });
    assert_eq!(admin(&folder, &[&points[..], &["--json"]].concat()).json(), line);

    let listed = admin(&folder, &["coin", "list", "--json"]).json();
    assert_eq!((listed.as_array().map(Vec::len), &listed[2]), (Some(4), &line), "{listed}");
    admin(&folder, &["coin", "list"]).assert_text(
        "CNY: scale 2, packets of 0.01 to 20000\n\
         ETH: scale 18, packets of 0.000000000000000001 to 100\n\
         POINT: scale 1, packets of 0.5 to 100\n\
         USDT: scale 6, packets of 0.000001 to 10000\n",
    );
    admin(&folder, &["deposit", "alice", "POINT", "3", "--reference", "points-1"]);
    let send = "session_key=demo-alice&toUserId=bob&coin_id=POINT&amount=2.5";
    assert_eq!(post(demo.http, "/im/msg_redpack_publish", send).unwrap().verdict(), (0, ""));
}

#[test]
fn limits_change_and_a_scale_never_does() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);

    let wider = admin(&folder, &["coin", "add", "CNY", "--scale", "2", "--min", "1", "--max", "5"]);
    wider.assert_text("CNY: scale 2, packets of 1 to 5\n");

    admin(&folder, &["coin", "add", "CNY", "--scale", "3", "--min", "1", "--max", "9"])
        .assert_refused("there is a coin CNY with another scale, and a scale never changes");
    let listed = admin(&folder, &["coin", "list", "--json"]).json();
    assert_eq!(
        listed[0],
        json!({ "coin_id": "CNY", "scale": 2, "min_amount": "1", "max_amount": "5", "takes_packets": true })
    );
}

#[test]
fn limits_that_cannot_be_are_refused() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let upside_down = "a coin's smallest packet must be more than nothing and not above its largest";
    for (min, max, why) in [
        ("2", "1", upside_down),
        ("0", "1", upside_down),
        ("0.001", "1", "min_amount cannot be so: the number has more decimal places than the coin"),
        ("1", "1e39", "max_amount cannot be so: the number is too large"),
    ] {
        admin(&folder, &["coin", "add", "X", "--scale", "2", "--min", min, "--max", max]).assert_refused(why);
    }
    for (scale, min, why) in [("19", "1", "0 to 18"), ("-1", "1", "-1"), ("2", "one", "decimal"), ("2", "-1", "below")]
    {
        admin(&folder, &["coin", "add", "X", "--scale", scale, "--min", min, "--max", "9"]).assert_misused(&[why]);
    }
    assert_eq!(admin(&folder, &["coin", "list", "--json"]).json().as_array().map(Vec::len), Some(3));
}

#[test]
fn a_coin_is_kept_from_new_packets_and_let_go_again() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let open = demo.publish();
    let set = |rest: &[&str]| {
        let limits = ["coin", "add", "CNY", "--scale", "2", "--min", "0.01", "--max", "200"];
        admin(&folder, &[&limits[..], rest].concat())
    };
    set(&["--packets", "off"]).assert_text("CNY: scale 2, packets of 0.01 to 200, no new ones\n");
    set(&[]).assert_text("CNY: scale 2, packets of 0.01 to 200, no new ones\n");
    let publish = || {
        post(demo.http, "/im/msg_redpack_publish", "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=1").unwrap()
    };
    assert_eq!(publish().verdict(), (5, "coin_not_held"));
    assert_eq!(demo.accept(&open).verdict(), (0, ""), "what is open is claimed");
    set(&["--packets", "on"]).assert_text("CNY: scale 2, packets of 0.01 to 200\n");
    assert_eq!(publish().verdict(), (0, ""));
    demo.stop();
}
