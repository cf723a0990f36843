//! Limits that are set are those that the server keeps to.
#![expect(clippy::unwrap_used, reason = "a connection that cannot be made fails the test that wants it")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::harness::{BRISK, Folder, post, request};

/// Begins a body that does not go on.
fn half_a_body(address: SocketAddr) -> TcpStream {
    let mut caller = TcpStream::connect(address).unwrap();
    let head = "POST /im/friend_list HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    write!(caller, "{head}Content-Length: 100\r\n\r\nsession_key=").unwrap();
    caller
}

fn answer(mut caller: TcpStream) -> String {
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_user_has_no_more_requests_in_flight_than_are_set() {
    let folder = Folder::new();
    let demo = folder.demo(&[&BRISK[..], &["http.user_in_flight=1"]].concat());
    demo.arm_timeout("before");
    let first = demo.publish_in_background();
    demo.wait_until_it_hangs();

    let second = post(demo.http, "/im/friend_list", "session_key=demo-alice").unwrap();
    let other = post(demo.http, "/im/friend_list", "session_key=demo-bob").unwrap();

    assert_eq!((second.http_status, second.verdict()), (429, (103, "rate_limited")), "{second:?}");
    assert_eq!(other.verdict(), (1, "no_friends"), "{other:?}");
    drop(first.outcome());
    demo.stop();
}

#[test]
fn a_user_has_no_more_friends_than_are_set() {
    let folder = Folder::new();
    let demo = folder.demo(&["friend.max=1"]);
    let add =
        |user: &str| post(demo.http, "/im/friend_add", &format!("session_key=demo-alice&user_id={user}")).unwrap();
    assert_eq!(add("bob").verdict(), (0, ""));
    assert_eq!(add("carol").verdict(), (5, "too_many_friends"));
    demo.stop();
}

#[test]
fn the_pages_that_are_set_may_call() {
    let folder = Folder::new();
    let demo = folder.demo(&["http.cors_origins=https://app.example.com"]);
    let allowed = |origin: &str| {
        let answer = request(demo.http, "POST", "/im/friend_list", &[&format!("Origin: {origin}")], "").unwrap();
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(allowed("https://app.example.com").as_deref(), Some("https://app.example.com"));
    assert_eq!(allowed("https://evil.example"), None);
    demo.stop();
}

/// Those without a session share one half of the memory, of which each takes 16 KiB: there is room for 128, and by default
/// for 1,024.
#[test]
fn bodies_take_no_more_memory_than_is_set() {
    let folder = Folder::new();
    let demo = folder.demo(&["http.body_budget=4MiB", "http.min_body_rate=0"]);
    let mut callers: Vec<_> = (0..300).map(|_| half_a_body(demo.http)).collect();
    let first = answer(callers.swap_remove(0));
    assert!(first.starts_with("HTTP/1.1 503 "), "{first}");
    drop(callers);
    demo.stop();
}

/// By default a body with which nothing happens is ended after 3 s.
#[test]
fn a_body_may_come_as_slowly_as_is_set() {
    let folder = Folder::new();
    let slow = ["im.timeout=4s", "im.attempt_timeout=4s", "http.deadline=7s", "red_packet.lease=9s"];
    let demo = folder.demo(&[&slow[..], &["http.min_body_rate=0"]].concat());
    let begun = Instant::now();
    half_a_body(demo.http).read_exact(&mut [0; 12]).unwrap();
    assert!(begun.elapsed() > Duration::from_secs(4), "{:?}", begun.elapsed());
    demo.stop();
}

#[test]
fn a_session_asks_no_more_often_than_is_set() {
    let folder = Folder::new();
    let demo = folder.demo(&["rate_limit.session=2/min burst 3"]);
    let list = |user: &str| post(demo.http, "/im/friend_list", &format!("session_key=demo-{user}")).unwrap();
    for _ in 0..3 {
        assert_eq!(list("alice").verdict(), (1, "no_friends"));
    }

    let refused = list("alice");

    assert_eq!((refused.http_status, refused.verdict()), (429, (103, "rate_limited")), "{refused:?}");
    let seconds: u32 = refused.header("retry-after").and_then(|seconds| seconds.parse().ok()).unwrap();
    assert!((20..=30).contains(&seconds), "one in 30 s, and the test has taken some of them: {seconds}");
    assert_eq!(list("bob").verdict(), (1, "no_friends"));
    demo.stop();
}

#[test]
fn an_address_asks_no_more_often_without_a_session_than_is_set_and_its_users_are_served() {
    let folder = Folder::new();
    let settings =
        ["rate_limit.address=1/min burst 3", "http.trusted_proxies=127.0.0.0/8", "http.proxy_header=forwarded"];
    let demo = folder.demo(&settings);
    let list = |client: &str, key: &str| {
        let headers =
            [&*format!("Forwarded: for=198.51.100.9, for={client}"), &*format!("Authorization: Bearer {key}")];
        let answer = request(demo.http, "POST", "/im/friend_list", &headers, "").unwrap();
        answer.body["status"].as_u64()
    };
    assert_eq!(list("203.0.113.7", "demo-alice"), Some(1));
    let guesses = [0, 1, 2, 3].map(|number| list("203.0.113.7", &format!("guess-{number}")));

    assert_eq!(guesses, [Some(2), Some(2), Some(2), Some(103)]);
    assert_eq!(list("203.0.113.7", "demo-alice"), Some(1), "she was served lately");
    assert_eq!(list("203.0.113.8", "guess"), Some(2), "another address");
    let (_, log) = demo.stop();
    assert!(log.contains("client.address=203.0.113.7 "), "{log}");
}

#[test]
fn an_invalid_rate_or_network_is_named_and_nothing_starts() {
    let folder = Folder::new();
    for (setting, named) in [
        ("rate_limit.session=50", "`off`"),
        ("rate_limit.address=0/s burst 1", "`off`"),
        ("http.trusted_proxies=10.0.0.0/33", "http.trusted_proxies"),
        ("http.proxy_header=via", "x-forwarded-for"),
    ] {
        folder.run(&["serve", "--demo", "--set", setting]).assert_trouble(&[named]);
    }
}
