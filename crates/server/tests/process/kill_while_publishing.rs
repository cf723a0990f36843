//! `kill -9` at each step of sending a packet. The next start resolves what hung, and no money is lost or doubled.

use crate::harness::{BRISK, Folder, RESOLVED_WITHIN, until};

/// Waits until alice has all her money again.
#[track_caller]
fn wait_for_the_money(folder: &Folder) {
    let all = Some(("1000".to_owned(), "0".to_owned()));
    until(RESOLVED_WITHIN, "the money to come back", || (folder.balance("alice", "CNY") == all).then_some(()));
}

#[test]
fn the_money_comes_back_if_the_server_dies_before_the_message_is_delivered() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    demo.arm_timeout("before");
    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();

    demo.program.kill();

    assert!(publishing.outcome().is_err(), "no client was told anything");
    let mut demo = folder.demo(&BRISK);
    wait_for_the_money(&folder);
    let id = demo.program.wait_for("the packet's id in the log", RESOLVED_WITHIN, |program| {
        let log = program.stderr();
        Some(log.split_once(" cancelled: its lease was over")?.0.rsplit_once("packet ")?.1.to_owned())
    });
    assert_eq!(demo.accept(&id).verdict(), (4, "cancelled"));
    assert!(demo.inbox("bob").is_empty());
    demo.stop();
    folder.assert_balance("bob", "CNY", "1000", "0");
    folder.assert_audit();
}

#[test]
fn the_money_comes_back_if_the_server_dies_before_it_knows_that_the_message_was_delivered() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    demo.arm_timeout("after");
    let publishing = demo.publish_in_background();
    let id = demo.wait_for_message("bob", "HB:RedPacket");

    demo.program.kill();

    assert!(publishing.outcome().is_err(), "no client was told anything");
    let demo = folder.demo(&BRISK);
    wait_for_the_money(&folder);
    assert_eq!(demo.accept(&id).verdict(), (4, "cancelled"));
    demo.stop();
    folder.assert_balance("alice", "CNY", "1000", "0");
    folder.assert_balance("bob", "CNY", "1000", "0");
    folder.assert_audit();
}

#[test]
fn who_read_the_message_of_a_dead_server_can_claim_before_its_lease_is_over() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    demo.arm_timeout("after");
    let publishing = demo.publish_in_background();
    let id = demo.wait_for_message("bob", "HB:RedPacket");
    demo.program.kill();
    assert!(publishing.outcome().is_err(), "no client was told anything");

    let demo = folder.demo(&[]);
    let answer = demo.accept(&id);

    assert_eq!((answer.verdict(), answer.data("amount")), ((0, ""), "8.88"));
    demo.stop();
    folder.assert_balance("alice", "CNY", "991.12", "0");
    folder.assert_balance("bob", "CNY", "1008.88", "0");
    folder.assert_audit();
}

#[test]
fn a_packet_that_was_answered_with_0_survives() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    let id = demo.publish();

    demo.program.kill();

    let demo = folder.demo(&BRISK);
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    assert_eq!(demo.accept(&id).verdict(), (0, ""));
    demo.stop();
    folder.assert_balance("alice", "CNY", "991.12", "0");
    folder.assert_balance("bob", "CNY", "1008.88", "0");
    folder.assert_audit();
}
