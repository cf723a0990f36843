//! Being told to stop while a request runs.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::harness::{BRISK, Folder, QUICKLY, refuses, until};

/// The grace period, and what a busy machine needs besides.
const GRACE_AND_A_LITTLE: Duration = Duration::from_secs(10 + 3);

/// The head of a request to send a packet, all but its length.
const HEAD: &str =
    "POST /im/msg_redpack_publish HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";

#[test]
fn a_request_that_runs_at_the_stop_succeeds_and_new_connections_are_refused() {
    let folder = Folder::new();
    // The first try at the cloud hangs for a second, the second one succeeds.
    let demo = folder.demo(&["im.attempt_timeout=1500ms"]);
    demo.arm_timeout("before");
    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();

    demo.program.signal("INT");
    let http = demo.http;
    until(QUICKLY, "new connections to be refused", || refuses(http).then_some(()));
    let answer = publishing.outcome().unwrap();

    assert_eq!(answer.verdict(), (0, ""), "{answer:?}");
    let (status, _, log) = demo.program.ended(GRACE_AND_A_LITTLE);
    assert_eq!(status.code(), Some(0), "{log}");
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    folder.assert_audit();
}

#[test]
fn a_request_that_fails_during_the_stop_moves_nothing() {
    let folder = Folder::new();
    let demo = folder.demo(&BRISK);
    demo.arm_timeout("before");
    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();

    demo.program.signal("TERM");
    let answer = publishing.outcome().unwrap();

    assert_eq!(answer.verdict(), (3, "im_cloud_unknown"), "{answer:?}");
    let (status, _, log) = demo.program.ended(GRACE_AND_A_LITTLE);
    assert_eq!(status.code(), Some(0), "{log}");
    folder.assert_balance("alice", "CNY", "1000", "0");
    folder.assert_audit();
}

#[test]
fn a_saga_whose_caller_is_gone_is_finished_before_the_stop() {
    let folder = Folder::new();
    let mut demo = folder.demo(&BRISK);
    let mut caller = TcpStream::connect(demo.http).unwrap();
    caller.write_all(format!("{HEAD}Content-Length: 0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(caller.peek(&mut [0]).unwrap(), 1, "an answer that is never read");
    demo.arm_timeout("before");
    let form = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=8.88";
    write!(caller, "{HEAD}Content-Length: {}\r\n\r\n{form}", form.len()).unwrap();
    demo.wait_until_it_hangs();

    // Closing a connection with an answer that was not read resets it, and that is what a server notices.
    drop(caller);
    demo.program.wait_for("the request to be given up", QUICKLY, |program| {
        program.stderr().contains("was given up").then_some(())
    });
    let (_, log) = demo.stop();

    assert!(log.contains(" cancelled"), "{log}");
    folder.assert_balance("alice", "CNY", "1000", "0");
    folder.assert_audit();
}

#[test]
fn a_body_that_is_still_arriving_at_the_stop_is_waited_for() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let (first, second) = ("session_key=demo-alice&toUserId=bob&coin_id=CNY", "&amount=8.88");
    let mut caller = TcpStream::connect(demo.http).unwrap();
    let length = first.len() + second.len();
    write!(caller, "{HEAD}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n").unwrap();
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    caller.read_exact(&mut go_on).unwrap();
    caller.write_all(first.as_bytes()).unwrap();

    demo.program.signal("INT");
    let http = demo.http;
    until(QUICKLY, "new connections to be refused", || refuses(http).then_some(()));
    caller.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();

    assert!(answer.contains(r#""status":0"#), "{answer}");
    let (status, _, log) = demo.program.ended(GRACE_AND_A_LITTLE);
    assert_eq!(status.code(), Some(0), "{log}");
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    folder.assert_audit();
}

#[test]
fn a_body_that_does_not_come_holds_up_neither_the_stop_nor_a_publish_that_runs() {
    let folder = Folder::new();
    let demo = folder.demo(&["im.attempt_timeout=1500ms"]);
    let mut slow = TcpStream::connect(demo.http).unwrap();
    write!(slow, "{HEAD}Expect: 100-continue\r\nContent-Length: 99\r\n\r\n").unwrap();
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    slow.read_exact(&mut go_on).unwrap();
    slow.write_all(b"session_key=demo-alice").unwrap();
    demo.arm_timeout("before");
    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();

    let start = Instant::now();
    demo.program.signal("TERM");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    let (status, _, log) = demo.program.ended(GRACE_AND_A_LITTLE);

    assert!(start.elapsed() < Duration::from_secs(6), "a stop may take 10 s: {:?}", start.elapsed());
    assert!(answer.contains(r#""status":121"#) && answer.contains(r#""retryable":true"#), "{answer}");
    assert_eq!(publishing.outcome().unwrap().verdict(), (0, ""));
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(folder.files("data"), ["demo.db"], "the store is closed, and its log is folded in");
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    folder.assert_audit();
}

#[test]
fn a_request_that_hangs_for_longer_than_the_grace_does_not_delay_the_stop_beyond_it() {
    let folder = Folder::new();
    let slow = ["im.timeout=60s", "im.attempt_timeout=60s", "http.deadline=63s", "red_packet.lease=65s"];
    let demo = folder.demo(&slow);
    demo.arm_timeout("before");
    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();

    let start = Instant::now();
    demo.program.signal("INT");
    let (status, _, log) = demo.program.ended(GRACE_AND_A_LITTLE);

    assert_eq!(status.code(), Some(0), "{log}");
    assert!(start.elapsed() > Duration::from_secs(7), "the request had its share: {:?}", start.elapsed());
    assert!(log.contains("the next start cleans up after them"), "{log}");
    assert!(publishing.outcome().map_or(true, |answer| answer.body["status"] == 121), "an answer says that it is open");
    assert_eq!(folder.files("data"), ["demo.db"]);
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    folder.assert_audit();
}
