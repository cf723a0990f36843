//! The cloud fails less often than the adapter repeats: nobody notices.

use std::time::Duration;

use hongbao_sandbox::{
    Fault, Mishap,
    When::{After, Before},
};

use super::is_delivered;
use crate::{outside::PRIVATE_MESSAGE, server::Pace, stack::Stack, world::World};

/// Mishaps that are worth a repeat: each kind, and as many packets as alice can pay for.
const PASSING: [Mishap; 11] = [
    Mishap::RateLimit,
    Mishap::ServerError(Before),
    Mishap::ServerError(After),
    Mishap::Timeout(Before),
    Mishap::Timeout(After),
    Mishap::Reset(Before),
    Mishap::Reset(After),
    Mishap::Garbage(Before),
    Mishap::Garbage(After),
    Mishap::Drip(After),
    Mishap::Truncate(After),
];

async fn persistent() -> Stack {
    let mut pace = Pace::IMPATIENT;
    pace.timing.cloud_timeout = Duration::from_secs(3);
    Stack::with(pace).await
}

#[tokio::test]
async fn one_mishap_makes_one_packet_whose_message_is_the_same_when_it_comes_twice() {
    let stack = persistent().await;
    for mishap in PASSING {
        stack.outside.sandbox.arm(Fault::new(PRIVATE_MESSAGE, mishap));

        let id = stack.published().await;

        let world = World::of(&stack).await;
        assert_eq!((world.fen_of("alice").1, world.open_packets()), (888, vec![id.clone()]), "{mishap:?}");
        let mut letters = stack.outside.inbox("bob");
        letters.retain(|letter| letter.transfer_id == id);
        assert!(letters.len() >= if is_delivered(mishap) { 2 } else { 1 }, "{mishap:?}: {letters:?}");
        assert!(letters.iter().all(|letter| *letter == letters[0]), "{mishap:?}: {letters:?}");
        stack.accepted(&id).await;
    }
}

#[tokio::test]
async fn one_mishap_makes_one_claim_whose_message_is_the_same_when_it_comes_twice() {
    let stack = persistent().await;
    let mut balance = 5000;
    for mishap in PASSING {
        let id = stack.published().await;
        stack.outside.sandbox.arm(Fault::new(PRIVATE_MESSAGE, mishap));

        stack.accepted(&id).await;

        balance += 888;
        assert_eq!(World::of(&stack).await.fen_of("bob"), (balance, 0), "{mishap:?}");
        let mut letters = stack.outside.inbox("alice");
        letters.retain(|letter| letter.transfer_id == id);
        assert!(letters.len() >= if is_delivered(mishap) { 2 } else { 1 }, "{mishap:?}: {letters:?}");
        assert!(letters.iter().all(|letter| *letter == letters[0]), "{mishap:?}: {letters:?}");
    }
}
