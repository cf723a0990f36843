//! Whatever is asked of the ledger, in any order and at any time: no money appears and none is lost.

mod step;
mod world;

use std::collections::BTreeSet;

use hongbao_domain::{
    red_packet::ClaimState,
    store::{Action, Outcome},
    time::Timestamp,
};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use step::{SHARED, Step, step};
use world::World;

/// A batch of commands, and by how much the clock moves before it.
type Batch = (i64, Vec<Step>);

/// Many batches. Time mostly goes on a little; sometimes it jumps over a lease or a life, or back.
fn history() -> impl Strategy<Value = Vec<Batch>> {
    let span = prop_oneof![8 => 0..2_i64, 3 => 2..5_i64, 1 => 5..15_i64, 1 => -20..0_i64];
    vec((span, vec(step(), 1..5)), 1..60)
}

/// Plays a history and gives what each command answered.
fn play(history: &[Batch], run: fn(&mut World, &[Action], Timestamp) -> Vec<Outcome>) -> (World, Vec<Outcome>) {
    let (mut world, mut clock, mut outcomes) = (World::default(), 1_000, Vec::new());
    for (span, batch) in history {
        clock += span;
        let actions: Vec<_> = batch.iter().map(|step| step.action(&world)).collect();
        outcomes.extend(run(&mut world, &actions, Timestamp::from_micros(clock)));
        world.share_out(SHARED);
    }
    (world, outcomes)
}

proptest! {
    #[test]
    fn money_is_conserved_after_every_batch(history in history()) {
        play(&history, World::run);
    }

    #[test]
    fn a_batch_does_what_its_commands_do_one_by_one(history in history()) {
        prop_assert_eq!(play(&history, World::run), play(&history, World::run_one_by_one));
    }
}

/// Names an answer without its values: `Confirm(Ok(Confirmed repeated: true`.
fn name_of(outcome: &Outcome) -> String {
    let text = format!("{outcome:?}");
    let flag = ["repeated: true", "refunded: true"].into_iter().find(|flag| text.contains(flag)).unwrap_or("");
    let end = text.find([' ', ')']).unwrap_or(text.len());
    format!("{} {flag}", &text[..end]).trim_end().to_owned()
}

/// Every answer that a history can give. It cannot name an unknown coin, write a part of a fen or more than the
/// coin's largest packet, or take another user's share.
const ANSWERS: [&str; 48] = [
    "BeginClaim(Err(Cancelled",
    "BeginClaim(Err(ClaimedByYou(Receipt",
    "BeginClaim(Err(Expired",
    "BeginClaim(Err(InProgress",
    "BeginClaim(Err(NotFound",
    "BeginClaim(Err(NotYours",
    "BeginClaim(Ok(Begun",
    "Cancel(Err(BalanceOverflow",
    "Cancel(Err(Delivered",
    "Cancel(Err(NotFound",
    "Cancel(Ok(Cancelled",
    "Cancel(Ok(Cancelled repeated: true",
    "Confirm(Err(Cancelled",
    "Confirm(Err(NotFound",
    "Confirm(Ok(Confirmed",
    "Confirm(Ok(Confirmed repeated: true",
    "Deposit(Err(BalanceOverflow",
    "Deposit(Err(NothingToMove",
    "Deposit(Err(ReferenceUsed",
    "Deposit(Ok(Moved",
    "Deposit(Ok(Moved repeated: true",
    "Expire(Err(BalanceOverflow",
    "Expire(Err(ClaimInProgress",
    "Expire(Err(NotFound",
    "Expire(Err(NotOpen",
    "Expire(Err(TooEarly",
    "Expire(Ok(Expired",
    "OpenAccount(Ok(Opened",
    "OpenAccount(Ok(Opened repeated: true",
    "ReleaseClaim(Err(NotFound",
    "ReleaseClaim(Err(Stale",
    "ReleaseClaim(Ok(Released",
    "ReleaseClaim(Ok(Released refunded: true",
    "Reserve(Err(BalanceTooLow",
    "Reserve(Err(BelowMinimum",
    "Reserve(Err(CoinNotHeld",
    "Reserve(Err(IdTaken",
    "Reserve(Ok(Reserved",
    "SettleClaim(Err(BalanceOverflow",
    "SettleClaim(Err(ClaimedByYou(Receipt",
    "SettleClaim(Err(NotFound",
    "SettleClaim(Err(Stale",
    "SettleClaim(Ok(Receipt",
    "Withdraw(Err(BalanceTooLow",
    "Withdraw(Err(NothingToMove",
    "Withdraw(Err(ReferenceUsed",
    "Withdraw(Ok(Moved",
    "Withdraw(Ok(Moved repeated: true",
];

#[test]
fn the_histories_reach_every_answer_and_every_end_of_a_shared_packet() {
    let mut runner = TestRunner::deterministic();
    let (mut answers, mut ends) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..400 {
        let history = history().new_tree(&mut runner).unwrap().current();
        let (world, outcomes) = play(&history, World::run);
        answers.extend(outcomes.iter().map(name_of));
        ends.extend(world.rows.packets.get(&SHARED).map(|packet| {
            let claimed = packet.claims.iter().filter(|claim| claim.state == ClaimState::Claimed).count();
            (format!("{:?}", packet.state), claimed)
        }));
    }
    let missing: Vec<_> = ANSWERS.into_iter().filter(|answer| !answers.contains(*answer)).collect();
    assert!(missing.is_empty(), "no history reached {missing:?}");
    for end in [("Open", 1), ("Open", 2), ("Claimed", 3), ("Refunded", 0), ("Refunded", 1), ("Refunded", 2)] {
        assert!(ends.contains(&(end.0.to_owned(), end.1)), "no history has {end:?} shares taken, but {ends:?}");
    }
}
