//! Many callers who want the same thing at the same moment.

use std::{pin::Pin, sync::Arc};

use hongbao_domain::{
    ledger::{Deposit, Withdraw, WithdrawRefusal},
    red_packet::{
        BeginClaim, BeginClaimRefusal, Cancel, Cancelled, Confirm, Confirmed, Expire, ExpireRefusal, ReserveRefusal,
        SettleClaim,
    },
};
use hongbao_ports::{Fault, Ledger};

use crate::{
    TestStore, assert_holds,
    case::cases,
    crowd::at_once,
    scene::{LIFE, alice, amount, bob, by_bob, cny_of, done, reference, refused, settle},
};

cases![
    of_64_claims_one_begins_and_the_others_wait,
    of_32_reserves_exactly_those_that_are_covered_succeed,
    of_32_withdrawals_exactly_those_that_are_covered_succeed,
    of_32_deposits_with_one_reference_one_moves_money,
    of_32_expiries_one_refunds,
    of_32_confirms_and_of_32_cancels_one_is_the_first,
    of_32_settles_with_one_fence_all_get_the_one_receipt,
    refused_commands_never_fail_their_neighbours,
    transfers_both_ways_at_once_keep_the_total,
    a_new_account_is_opened_once_by_many_claims,
    holdings_and_audit_hold_at_any_moment,
];

async fn of_64_claims_one_begins_and_the_others_wait(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(700).await;
    for round in 0..10 {
        let packet = if round % 2 == 0 { store.delivered(50).await } else { store.sending(50).await };
        let claim = || {
            let ledger = ledgers.any();
            async move { ledger.begin_claim(by_bob(packet)).await }
        };
        let mut begun = Vec::new();
        for answer in at_once((0..64).map(|_| claim())).await {
            match answer {
                Ok(mine) => begun.push(mine),
                refusal => assert_eq!(refused(refusal), BeginClaimRefusal::InProgress),
            }
        }
        assert_eq!(begun.len(), 1, "exactly one begins: {begun:?}");

        let receipt = done(store.ledger.settle_claim(settle(&begun[0])).await);
        for answer in at_once((0..64).map(|_| claim())).await {
            assert_eq!(refused(answer), BeginClaimRefusal::ClaimedByYou(Box::new(receipt.clone())));
        }
        assert_eq!(store.fen_of(bob()).await, (50 * (round + 1), 0));
        assert_holds(store).await;
    }
}

async fn of_32_reserves_exactly_those_that_are_covered_succeed(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(1_000).await;
    let calls = (0..32).map(|_| {
        let (ledger, gift) = (ledgers.any(), store.gift(90));
        async move { ledger.reserve(gift).await }
    });
    let (covered, others): (Vec<_>, Vec<_>) = at_once(calls).await.into_iter().partition(Result::is_ok);

    assert_eq!(covered.len(), 11);
    for other in others {
        assert_eq!(refused(other), ReserveRefusal::BalanceTooLow);
    }
    assert_eq!(store.fen_of(alice()).await, (10, 990));
}

async fn of_32_withdrawals_exactly_those_that_are_covered_succeed(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(1_000).await;
    let calls = (0..32).map(|number| {
        let (ledger, reference) = (ledgers.any(), reference(&format!("out-{number}")));
        async move { ledger.withdraw(Withdraw { reference, account: cny_of(alice()), amount: amount(90) }).await }
    });
    let (covered, others): (Vec<_>, Vec<_>) = at_once(calls).await.into_iter().partition(Result::is_ok);

    assert_eq!(covered.len(), 11);
    for other in others {
        assert_eq!(refused(other), WithdrawRefusal::BalanceTooLow);
    }
    assert_eq!(store.fen_of(alice()).await, (10, 0));
}

async fn of_32_deposits_with_one_reference_one_moves_money(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.add_coins().await;
    let deposit = Deposit { reference: reference("one"), account: cny_of(alice()), amount: amount(700) };
    let calls = (0..32).map(|_| {
        let ledger = ledgers.any();
        async move { ledger.deposit(deposit).await }
    });
    let moved: Vec<_> = at_once(calls).await.into_iter().map(done).collect();

    assert_eq!(moved.iter().filter(|moved| !moved.repeated).count(), 1);
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn of_32_expiries_one_refunds(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(LIFE);
    let calls = (0..32).map(|_| {
        let ledger = ledgers.any();
        async move { ledger.expire(Expire { packet }).await }
    });
    let (first, others): (Vec<_>, Vec<_>) = at_once(calls).await.into_iter().partition(Result::is_ok);

    assert_eq!(first.len(), 1);
    for other in others {
        assert_eq!(refused(other), ExpireRefusal::NotOpen);
    }
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn of_32_confirms_and_of_32_cancels_one_is_the_first(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(700).await;
    let (open, cancelled) = (store.sending(300).await, store.sending(200).await);
    let confirms = (0..32).map(|_| {
        let ledger = ledgers.any();
        async move { ledger.confirm(Confirm { packet: open }).await }
    });
    let confirmed: Vec<_> = at_once(confirms).await.into_iter().map(done).collect();
    let cancels = (0..32).map(|_| {
        let ledger = ledgers.any();
        async move { ledger.cancel(Cancel { packet: cancelled }).await }
    });
    let ended: Vec<_> = at_once(cancels).await.into_iter().map(done).collect();

    assert_eq!(confirmed.iter().filter(|answer| **answer == Confirmed { repeated: false }).count(), 1);
    assert_eq!(ended.iter().filter(|answer| **answer == Cancelled { repeated: false }).count(), 1);
    assert_eq!(store.fen_of(alice()).await, (400, 300));
}

async fn of_32_settles_with_one_fence_all_get_the_one_receipt(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    let calls = (0..32).map(|_| {
        let ledger = ledgers.any();
        async move { ledger.settle_claim(settle(&begun)).await }
    });
    let receipts: Vec<_> = at_once(calls).await.into_iter().map(done).collect();

    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "{receipts:?}");
    assert_eq!(store.fen_of(bob()).await, (300, 0));
}

async fn refused_commands_never_fail_their_neighbours(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(1_000).await;
    let calls = (0..64_i128).map(|number| {
        let minor = if number % 2 == 0 { 10 } else { 5_000 };
        let (ledger, gift) = (ledgers.any(), store.gift(minor));
        async move { (minor, ledger.reserve(gift).await) }
    });
    for (minor, answer) in at_once(calls).await {
        match minor {
            10 => assert_eq!(done(answer).money.amount, amount(10)),
            _ => assert_eq!(refused(answer), ReserveRefusal::BalanceTooLow),
        }
    }
    assert_eq!(store.fen_of(alice()).await, (680, 320));
}

/// Sends one fen from the first user to the second, from publish to settle.
fn send_a_fen(store: &TestStore, ledger: Arc<dyn Ledger>, number: usize) -> impl Future<Output = ()> + Send + 'static {
    let (sender, receiver) = if number.is_multiple_of(2) { (alice(), bob()) } else { (bob(), alice()) };
    let gift = store.gift_between(sender, receiver, 1);
    async move {
        let packet = done(ledger.reserve(gift).await).packet;
        done(ledger.confirm(Confirm { packet }).await);
        let begun = done(ledger.begin_claim(BeginClaim { taker: receiver, ..by_bob(packet) }).await);
        done(ledger.settle_claim(SettleClaim { taker: receiver, ..settle(&begun) }).await);
    }
}

async fn transfers_both_ways_at_once_keep_the_total(store: &TestStore) {
    store.alice_has(100).await;
    store.bring(cny_of(bob()), 100).await;
    let ledgers = store.ledgers().await;
    let mut calls = Vec::new();
    for number in 0..60 {
        calls.push(send_a_fen(store, ledgers.any(), number));
    }
    at_once(calls).await;

    assert_eq!((store.fen_of(alice()).await, store.fen_of(bob()).await), ((100, 0), (100, 0)));
}

async fn a_new_account_is_opened_once_by_many_claims(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(700).await;
    let mut calls = Vec::new();
    for _ in 0..16 {
        let (ledger, begun) = (ledgers.any(), store.claiming(10).await);
        calls.push(async move { ledger.settle_claim(settle(&begun)).await });
    }
    at_once(calls).await.into_iter().for_each(|answer| drop(done(answer)));

    assert_eq!(store.fen_of(bob()).await, (160, 0));
}

/// What one of the callers saw: the sum of balance and held, or whether the audit held.
type Seen = Result<Option<i128>, Fault>;

/// One of the callers.
type Call = Pin<Box<dyn Future<Output = Seen> + Send>>;

async fn holdings_and_audit_hold_at_any_moment(store: &TestStore) {
    let ledgers = store.ledgers().await;
    store.alice_has(1_000).await;
    let move_there_and_back = |gift| {
        let ledger = ledgers.any();
        async move {
            let packet = done::<_, ReserveRefusal>(ledger.reserve(gift).await).packet;
            done(ledger.cancel(Cancel { packet }).await);
            Seen::Ok(None)
        }
    };
    let look = || {
        let queries = store.queries.clone();
        async move {
            let audit = queries.audit().await?;
            assert!(audit.holds(), "{:?}", audit.findings);
            let fen = queries.holdings(alice()).await?[0];
            Ok(Some(fen.balance.amount.minor() + fen.held.minor()))
        }
    };
    let calls = (0..64).map(|number| -> Call {
        if number % 4 == 0 { Box::pin(look()) } else { Box::pin(move_there_and_back(store.gift(10))) }
    });
    for seen in at_once(calls).await {
        assert_eq!(seen.expect("the ledger can be read").unwrap_or(1_000), 1_000);
    }
    assert_eq!(store.fen_of(alice()).await, (1_000, 0));
}
