//! `kill -9` at each step of taking a packet. It is taken exactly once, whatever hung.

use crate::harness::{BRISK, Demo, Folder, RESOLVED_WITHIN, until};

/// Bob tries until the dead claim is out of the way; meanwhile he is told to come again, and never a "no".
#[track_caller]
fn accept_in_the_end(demo: &Demo, id: &str) {
    until(RESOLVED_WITHIN, "the packet to be claimable", || match demo.accept(id).verdict() {
        (0, "") => Some(()),
        verdict => {
            assert_eq!(verdict, (121, "unavailable"));
            None
        }
    });
}

#[track_caller]
fn assert_taken_once(folder: &Folder, demo: Demo, id: &str) {
    let again = demo.accept(id);
    assert_eq!((again.verdict(), again.data("amount")), ((4, "claimed_by_you"), "8.88"));
    demo.stop();
    folder.assert_balance("alice", "CNY", "991.12", "0");
    folder.assert_balance("bob", "CNY", "1008.88", "0");
    folder.assert_audit();
}

#[test]
fn the_packet_can_be_taken_again_if_the_server_dies_before_the_sender_is_told() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    let id = demo.publish();
    demo.arm_timeout("before");
    let accepting = demo.accept_in_background(&id);
    demo.wait_until_it_hangs();

    demo.program.kill();

    assert!(accepting.outcome().is_err(), "no client was told anything");
    let demo = folder.demo(&BRISK);
    folder.assert_balance("bob", "CNY", "1000", "0");
    accept_in_the_end(&demo, &id);
    assert_taken_once(&folder, demo, &id);
}

#[test]
fn the_packet_can_be_taken_again_if_the_server_dies_before_it_knows_that_the_sender_was_told() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    let id = demo.publish();
    demo.arm_timeout("after");
    let accepting = demo.accept_in_background(&id);
    assert_eq!(demo.wait_for_message("alice", "HB:RedPacketOpened"), id);

    demo.program.kill();

    assert!(accepting.outcome().is_err(), "no client was told anything");
    let demo = folder.demo(&BRISK);
    folder.assert_balance("bob", "CNY", "1000", "0");
    accept_in_the_end(&demo, &id);
    assert_taken_once(&folder, demo, &id);
}

#[test]
fn a_claim_that_was_answered_with_0_survives() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    let id = demo.publish();
    assert_eq!(demo.accept(&id).verdict(), (0, ""));

    demo.program.kill();

    let demo = folder.demo(&BRISK);
    assert_taken_once(&folder, demo, &id);
}
