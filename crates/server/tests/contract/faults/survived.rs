//! The cloud fails less often than the adapter repeats: no client notices.

use std::time::Duration;

use hongbao_sandbox::{
    FaultRule, InjectedFault,
    When::{After, Before},
};

use super::is_delivered;
use crate::{
    fixture::{Fixture, PRIVATE_MESSAGE, impatient},
    overview::Overview,
};

/// Faults that are worth a repeat: each kind, and as many packets as alice can pay for.
const PASSING: [InjectedFault; 11] = [
    InjectedFault::RateLimit,
    InjectedFault::ServerError(Before),
    InjectedFault::ServerError(After),
    InjectedFault::Timeout(Before),
    InjectedFault::Timeout(After),
    InjectedFault::Reset(Before),
    InjectedFault::Reset(After),
    InjectedFault::Garbage(Before),
    InjectedFault::Garbage(After),
    InjectedFault::Drip(After),
    InjectedFault::Truncate(After),
];

async fn persistent() -> Fixture {
    let mut settings = impatient();
    settings.timing.cloud_timeout = Duration::from_secs(3);
    Fixture::with(settings).await
}

#[tokio::test]
async fn one_fault_makes_one_packet_whose_message_is_the_same_when_it_comes_twice() {
    let fixture = persistent().await;
    for fault in PASSING {
        fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, fault));

        let id = fixture.published().await;

        let world = Overview::of(&fixture).await;
        assert_eq!((world.fen_of("alice").1, world.open_packets()), (888, vec![id.clone()]), "{fault:?}");
        let mut letters = fixture.inbox("bob");
        letters.retain(|letter| letter.transfer_id == id);
        assert!(letters.len() >= if is_delivered(fault) { 2 } else { 1 }, "{fault:?}: {letters:?}");
        assert!(letters.iter().all(|letter| *letter == letters[0]), "{fault:?}: {letters:?}");
        fixture.accepted(&id).await;
    }
}

#[tokio::test]
async fn one_fault_makes_one_claim_whose_message_is_the_same_when_it_comes_twice() {
    let fixture = persistent().await;
    let mut balance = 5000;
    for fault in PASSING {
        let id = fixture.published().await;
        fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, fault));

        fixture.accepted(&id).await;

        balance += 888;
        assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (balance, 0), "{fault:?}");
        let mut letters = fixture.inbox("alice");
        letters.retain(|letter| letter.transfer_id == id);
        assert!(letters.len() >= if is_delivered(fault) { 2 } else { 1 }, "{fault:?}: {letters:?}");
        assert!(letters.iter().all(|letter| *letter == letters[0]), "{fault:?}: {letters:?}");
    }
}
