//! The cloud fails less often than the adapter repeats: no client notices.

use std::time::Duration;

use hongbao_sandbox::{
    FaultRule, InjectedFault,
    When::{After, Before},
};

use super::is_delivered;
use crate::{
    stack::{PRIVATE_MESSAGE, Stack, impatient},
    world::World,
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

async fn persistent() -> Stack {
    let mut settings = impatient();
    settings.timing.cloud_timeout = Duration::from_secs(3);
    Stack::with(settings).await
}

#[tokio::test]
async fn one_fault_makes_one_packet_whose_message_is_the_same_when_it_comes_twice() {
    let stack = persistent().await;
    for fault in PASSING {
        stack.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, fault));

        let id = stack.published().await;

        let world = World::of(&stack).await;
        assert_eq!((world.fen_of("alice").1, world.open_packets()), (888, vec![id.clone()]), "{fault:?}");
        let mut letters = stack.inbox("bob");
        letters.retain(|letter| letter.transfer_id == id);
        assert!(letters.len() >= if is_delivered(fault) { 2 } else { 1 }, "{fault:?}: {letters:?}");
        assert!(letters.iter().all(|letter| *letter == letters[0]), "{fault:?}: {letters:?}");
        stack.accepted(&id).await;
    }
}

#[tokio::test]
async fn one_fault_makes_one_claim_whose_message_is_the_same_when_it_comes_twice() {
    let stack = persistent().await;
    let mut balance = 5000;
    for fault in PASSING {
        let id = stack.published().await;
        stack.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, fault));

        stack.accepted(&id).await;

        balance += 888;
        assert_eq!(World::of(&stack).await.fen_of("bob"), (balance, 0), "{fault:?}");
        let mut letters = stack.inbox("alice");
        letters.retain(|letter| letter.transfer_id == id);
        assert!(letters.len() >= if is_delivered(fault) { 2 } else { 1 }, "{fault:?}: {letters:?}");
        assert!(letters.iter().all(|letter| *letter == letters[0]), "{fault:?}: {letters:?}");
    }
}
