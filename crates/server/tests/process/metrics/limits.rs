//! Requests that run, and those that a limit refuses.

use super::Scrape;
use crate::harness::{BRISK, Folder, QUICKLY, post, until};

/// How many requests each limit has refused: session, address, in flight.
fn refused(scrape: &Scrape) -> [Option<u64>; 3] {
    ["session", "address", "in_flight"]
        .map(|limit| scrape.count(&format!("hongbao_rate_limited_total{{limit=\"{limit}\"}}")))
}

#[test]
fn guesses_of_one_address_are_counted_as_refused_by_address() {
    let folder = Folder::new();
    let demo = folder.demo(&["rate_limit.address=1/min burst 2"]);
    let guess = |number: u32| {
        let answer = post(demo.http, "/im/friend_list", &format!("session_key=guess-{number}"));
        answer.expect("it is answered").verdict().0
    };

    assert_eq!([1, 2, 3, 4, 5].map(guess), [2, 2, 103, 103, 103]);

    assert_eq!(refused(&Scrape::of(&demo)), [0, 3, 0].map(Some));
    demo.stop();
}

#[test]
fn requests_that_run_are_counted_and_so_is_one_too_many_of_a_user() {
    let folder = Folder::new();
    let demo = folder.demo(&[&BRISK[..], &["http.user_in_flight=1"]].concat());
    let running = || Scrape::of(&demo).count("hongbao_requests_in_flight");
    assert_eq!(running(), Some(0));
    demo.arm_timeout("before");
    let first = demo.publish_in_background();
    demo.wait_until_it_hangs();
    assert_eq!(running(), Some(1));

    let second = post(demo.http, "/im/friend_list", "session_key=demo-alice").expect("it is answered");

    assert_eq!(second.verdict(), (103, "rate_limited"), "{second:?}");
    assert_eq!(refused(&Scrape::of(&demo)), [0, 0, 1].map(Some));
    drop(first.outcome());
    until(QUICKLY, "no request", || (running() == Some(0)).then_some(()));
    demo.stop();
}
