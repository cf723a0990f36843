//! Who owns what in a demo, and that a restart leaves it so.

use crate::harness::{Folder, post};

#[test]
fn everybody_owns_at_the_start_what_the_banner_says() {
    let folder = Folder::new();

    folder.demo(&[]).stop();

    let usdt = ("50".to_owned(), "0".to_owned());
    for user in ["alice", "bob"] {
        folder.assert_balance(user, "CNY", "1000", "0");
        assert_eq!(folder.balance(user, "USDT"), Some(usdt.clone()));
    }
    folder.assert_balance("alice", "ETH", "1.5", "0");
    assert_eq!(folder.balance("bob", "ETH"), None);
    folder.assert_balance("carol", "CNY", "0", "0");
    assert_eq!(folder.balance("carol", "USDT"), None);
    let dave = folder.run(&["admin", "balance", "dave", "--demo", "--json"]);
    assert_eq!(dave.stdout.trim(), "[]");
    folder.assert_audit();
}

#[test]
fn who_has_nothing_can_send_nothing() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let send = |user: &str| {
        let form = format!("session_key=demo-{user}&toUserId=bob&coin_id=CNY&amount=0.01");
        post(demo.http, "/im/msg_redpack_publish", &form).unwrap().body["status"].clone()
    };

    assert_eq!((send("carol"), send("dave")), (7.into(), 5.into()));

    demo.stop();
    folder.assert_audit();
}

#[test]
fn a_restart_refills_nothing() {
    let folder = Folder::new();
    for spent in 1..=3_u16 {
        let demo = folder.demo(&[]);
        let id = demo.publish();
        assert_eq!(demo.accept(&id).verdict(), (0, ""), "session keys work after a restart");
        demo.stop();
        let cents = spent * 888;
        let yuan = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
        folder.assert_balance("alice", "CNY", &yuan(100_000 - u32::from(cents)), "0");
        folder.assert_balance("bob", "CNY", &yuan(100_000 + u32::from(cents)), "0");
        folder.assert_audit();
    }
}

#[test]
fn a_packet_that_is_open_at_the_stop_can_be_claimed_after_the_restart() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let id = demo.publish();
    demo.stop();

    let demo = folder.demo(&[]);
    let answer = demo.accept(&id);

    assert_eq!((answer.verdict(), answer.data("amount")), ((0, ""), "8.88"));
    assert_eq!(demo.accept(&id).verdict(), (4, "claimed_by_you"));
    demo.stop();
    folder.assert_balance("alice", "CNY", "991.12", "0");
    folder.assert_balance("bob", "CNY", "1008.88", "0");
    folder.assert_audit();
}
