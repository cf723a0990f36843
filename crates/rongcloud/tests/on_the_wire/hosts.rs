//! Which host is asked, and that a switch-over loses and doubles nothing.

use std::ops::Range;

use hongbao_domain::id::EventId;
use hongbao_ports::{ImCloud, Notice, Turn};
use hongbao_rongcloud::RongCloud;
use hongbao_sandbox::{
    FaultRule, InjectedFault,
    When::{After, Before},
};

use tracing_subscriber::filter::LevelFilter;

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, notice, settings},
    log::record,
    pair::Pair,
};

const PRIVATE: &str = "/message/private/publish.json";

/// Sends one notice for each event; all of them must succeed.
async fn notify_of(adapter: &RongCloud, events: Range<u128>) {
    for event in events {
        let notice = Notice { event: EventId::from_u128(event), ..notice() };
        adapter.notify(Turn::grant(), &notice).await.expect("one of the hosts does it");
    }
}

fn names(events: impl IntoIterator<Item = u128>) -> Vec<String> {
    events.into_iter().map(|event| EventId::from_u128(event).to_string()).collect()
}

#[tokio::test]
async fn while_both_live_the_first_one_takes_everything() {
    let pair = Pair::start();

    notify_of(&adapter(&pair.settings()), 0..5).await;

    assert_eq!((pair.asked(), pair.events()), ([5, 0], names(0..5)));
}

#[tokio::test]
async fn while_the_first_one_is_stopped_the_other_takes_everything_once() {
    let mut pair = Pair::start();
    let adapter = adapter(&pair.settings());
    notify_of(&adapter, 0..2).await;

    pair.primary.stop().await;
    notify_of(&adapter, 2..7).await;

    assert_eq!((pair.asked(), pair.events()), ([2, 5], names(0..7)));
}

#[tokio::test]
async fn a_host_that_is_stopped_while_nobody_asks_it_is_not_missed() {
    let mut pair = Pair::start();
    let adapter = adapter(&pair.settings());
    notify_of(&adapter, 0..2).await;

    pair.backup.stop().await;
    notify_of(&adapter, 2..4).await;

    assert_eq!((pair.asked(), pair.events()), ([4, 0], names(0..4)));
}

#[tokio::test]
async fn a_host_that_fails_once_is_left_at_once() {
    for (injected, events) in [
        (InjectedFault::ServerError(Before), vec![0, 1, 2]),
        (InjectedFault::ServerError(After), vec![0, 0, 1, 2]),
        (InjectedFault::Garbage(Before), vec![0, 1, 2]),
        (InjectedFault::Reset(Before), vec![0, 1, 2]),
        (InjectedFault::Timeout(Before), vec![0, 1, 2]),
        (InjectedFault::Drip(Before), vec![0, 1, 2]),
        (InjectedFault::Truncate(Before), vec![0, 1, 2]),
        (InjectedFault::Truncate(After), vec![0, 0, 1, 2]),
    ] {
        let pair = Pair::start();
        pair.sandbox.arm(FaultRule::new(PRIVATE, injected));

        notify_of(&adapter(&pair.impatient()), 0..3).await;

        assert_eq!((pair.asked(), pair.events()), ([1, 3], names(events)), "{injected:?}");
    }
}

#[tokio::test]
async fn a_host_that_says_no_is_not_left() {
    for (no, events) in [(InjectedFault::Reject, 1..2), (InjectedFault::RateLimit, 0..2)] {
        let pair = Pair::start();
        pair.sandbox.arm(FaultRule::new(PRIVATE, no));
        let adapter = adapter(&pair.settings());

        for event in 0..2 {
            let notice = Notice { event: EventId::from_u128(event), ..notice() };
            adapter.notify(Turn::grant(), &notice).await.ok();
        }

        assert_eq!((pair.asked()[1], pair.events()), (0, names(events)), "{no:?}");
    }
}

#[tokio::test]
async fn the_former_host_is_returned_to_when_it_answers_and_the_other_is_stopped() {
    let mut pair = Pair::start();
    let adapter = adapter(&pair.settings());
    pair.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::ServerError(Before)));
    notify_of(&adapter, 0..2).await;
    assert_eq!(pair.asked(), [1, 2]);

    pair.backup.stop().await;
    notify_of(&adapter, 2..5).await;

    assert_eq!((pair.asked(), pair.events()), ([4, 2], names(0..5)));
}

/// Gives level and message of the lines that the adapter logs at INFO and above.
fn lines(log: &str) -> Vec<String> {
    let line = |line: &str| {
        let (level, rest) = line.trim_start().split_once(' ')?.1.trim_start().split_once(' ')?;
        let (_, message) = rest.split_once(": ")?;
        Some(format!("{level} {message}"))
    };
    log.lines().filter(|line| line.contains("hongbao_rongcloud")).filter_map(line).collect()
}

#[tokio::test]
async fn the_only_host_that_does_not_answer_is_a_warning_once_and_its_return_is_told() {
    let cloud = Cloud::start([Answer::BROKEN; 9], Answer::DONE).await;
    let adapter = adapter(&settings(cloud.url(), None));
    let (pages, _log) = record(LevelFilter::INFO);

    for _ in 0..6 {
        adapter.notify(Turn::grant(), &notice()).await.ok();
    }

    let url = cloud.url();
    let told = [
        format!("WARN the IM cloud's host {url} does not answer"),
        format!("INFO the IM cloud's host {url} answers again"),
    ];
    assert_eq!(lines(&pages.read()), told);
}

#[tokio::test]
async fn of_two_hosts_the_one_that_does_not_answer_is_named_beside_the_switch() {
    let primary = Cloud::start([Answer::BROKEN], Answer::DONE).await;
    let backup = Cloud::start([Answer::DONE, Answer::BROKEN], Answer::DONE).await;
    let (first, second) = (primary.url(), backup.url());
    let adapter = adapter(&settings(first.clone(), Some(second.clone())));
    let (pages, _log) = record(LevelFilter::INFO);

    // The first fails and the second does it; then the second fails and the first, shunned still, does it.
    for _ in 0..3 {
        adapter.notify(Turn::grant(), &notice()).await.unwrap();
    }

    let told = [
        format!("WARN the IM cloud's host {first} does not answer"),
        format!("WARN switched over from {first} to {second}"),
        format!("WARN the IM cloud's host {second} does not answer"),
        format!("INFO the IM cloud's host {first} answers again"),
        format!("WARN switched over from {second} to {first}"),
    ];
    assert_eq!(lines(&pages.read()), told);
}
