//! A request whose every part is slow is answered by its deadline.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::harness::Folder;

/// A body that takes its time is in order as long as it leaves 2 s: 3.1 s here.
const SLOW: [&str; 6] = [
    "im.timeout=3s",
    "im.attempt_timeout=3s",
    "im.pacing=100ms",
    "http.deadline=5100ms",
    "red_packet.lease=7100ms",
    "red_packet.clean_up_interval=200ms",
];

const BODY_TAKES: Duration = Duration::from_millis(2500);
const DEADLINE: Duration = Duration::from_millis(5100);

#[test]
fn a_slow_body_and_a_slow_cloud_share_one_deadline() {
    let folder = Folder::new();
    let demo = folder.demo(&SLOW);
    demo.arm_timeout("before");
    let (first, second) = ("session_key=demo-alice&toUserId=bob&coin_id=CNY", "&amount=8.88");
    let length = first.len() + second.len();
    let mut caller = TcpStream::connect(demo.http).unwrap();

    let start = Instant::now();
    write!(caller, "POST /im/msg_redpack_publish HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").unwrap();
    write!(caller, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{first}")
        .unwrap();
    sleep(BODY_TAKES);
    caller.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();

    let took = start.elapsed();
    assert!(took < DEADLINE + Duration::from_secs(1), "{took:?}: {answer}");
    assert!(answer.contains(r#""status":121"#) && answer.contains(r#""transfer_id":"#), "{answer}");
    assert!(answer.contains("\r\nretry-after: 1\r\n"), "{answer}");

    // The saga goes on: the cloud never took the notice, so the money is back before the server stops.
    demo.stop();
    folder.assert_balance("alice", "CNY", "1000", "0");
    folder.assert_audit();
}
