//! The audit.

use hongbao_domain::{
    ledger::{AccountKey, Totals},
    money::Scale,
};

use crate::{
    TestStore,
    case::cases,
    scene::{LIFE, alice, bob, cny, cny_of, eth, scale},
    state::State,
};

cases![
    an_empty_ledger_holds,
    a_coin_that_nobody_has_is_listed,
    an_audit_counts_every_row_and_sums_every_coin,
    an_audit_counts_the_postings_of_every_ending,
];

async fn an_empty_ledger_holds(store: &TestStore) {
    let audit = State::of(store).await.audit;
    assert!(audit.holds());
    assert_eq!((audit.holders, audit.postings), (0, 0));
}

async fn a_coin_that_nobody_has_is_listed(store: &TestStore) {
    store.add_coins().await;
    let totals = State::of(store).await.audit.totals;
    let none = [(cny(), Totals::none(scale(2))), (eth(), Totals::none(scale(18)))];
    assert_eq!(totals.into_iter().collect::<Vec<_>>(), none);
}

async fn an_audit_counts_every_row_and_sums_every_coin(store: &TestStore) {
    store.alice_has(1_000).await;
    store.bring(AccountKey { user: alice(), coin: eth() }, 12_000_000_000_000_000_001).await;
    store.bring(cny_of(bob()), 70).await;
    store.take(cny_of(bob()), 30).await;
    store.delivered(400).await;

    let audit = State::of(store).await.audit;

    assert!(audit.holds(), "{:?}", audit.findings);
    assert_eq!(audit.holders, 3 + 1 + 4, "accounts, packets, movements");
    assert_eq!(audit.postings, 2 * (4 + 1), "two for each movement and reserve");
    let scale = |places| Scale::new(places).expect("at most 18");
    let fen = Totals { scale: scale(2), balances: 640, held: 400, deposits: 1_070, withdrawals: 30 };
    let wei = 12_000_000_000_000_000_001;
    let wei = Totals { scale: scale(18), balances: wei, held: 0, deposits: wei, withdrawals: 0 };
    assert_eq!(audit.totals.into_iter().collect::<Vec<_>>(), [(cny(), fen), (eth(), wei)]);
}

async fn an_audit_counts_the_postings_of_every_ending(store: &TestStore) {
    store.alice_has(1_000).await;
    store.cancelled(1).await;
    store.claimed(20).await;
    store.refunded(300).await;
    store.clock.advance(LIFE);

    let audit = State::of(store).await.audit;

    assert!(audit.holds(), "{:?}", audit.findings);
    assert_eq!(audit.holders, 2 + 3 + 1, "accounts, packets, movements");
    assert_eq!(audit.postings, 2 * (1 + 3 + 3), "two for each movement, reserve and ending");
}
