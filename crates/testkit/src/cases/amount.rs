//! Amounts at their extremes.

use hongbao_domain::{
    ledger::AccountKey,
    money::Amount,
    red_packet::{Confirm, Expire, Receipt, Reserve},
};

use crate::{
    TestStore,
    case::cases,
    scene::{LIFE, alice, bob, by_bob, coin, done, eth, new_coin, settle},
};

cases![
    twelve_ether_in_wei_pass_exactly,
    the_largest_amount_of_the_finest_coin_passes_exactly,
    the_largest_amount_of_a_coin_without_places_passes_exactly,
    a_single_wei_passes_exactly,
    the_largest_amount_comes_back_at_expiry,
    the_largest_amount_can_be_withdrawn,
];

const MOST: i128 = 10_i128.pow(28) - 1;

/// Sends all that alice has of a coin to bob, and gives the receipt.
async fn pass(store: &TestStore, id: &str, minor: i128, written: &str) -> Receipt {
    let account = AccountKey { user: alice(), coin: coin(id) };
    store.bring(account, minor).await;
    let quantity = written.parse().expect("the text is a decimal");
    let reserved = done(store.ledger.reserve(Reserve { coin: account.coin, quantity, ..store.gift(1) }).await);
    assert_eq!((reserved.money.to_string().as_str(), reserved.money.amount.minor()), (written, minor));
    assert_eq!(store.look(reserved.packet).await.total.minor(), minor);
    let holding = store.queries.holdings(alice()).await.expect("holdings can be read")[0];
    assert_eq!((holding.balance.amount, holding.held.minor()), (Amount::ZERO, minor));

    done(store.ledger.confirm(Confirm { packet: reserved.packet }).await);
    let begun = store.begin(reserved.packet).await;
    let receipt = done(store.ledger.settle_claim(settle(&begun)).await);

    assert_eq!(receipt.money.to_string(), written);
    let holding = store.queries.holdings(bob()).await.expect("holdings can be read")[0];
    assert_eq!((holding.balance.to_string().as_str(), holding.balance.amount.minor()), (written, minor));
    receipt
}

async fn twelve_ether_in_wei_pass_exactly(store: &TestStore) {
    store.add_coins().await;
    pass(store, "ETH", 12_000_000_000_000_000_001, "12.000000000000000001").await;
}

async fn the_largest_amount_of_the_finest_coin_passes_exactly(store: &TestStore) {
    store.add_coins().await;
    pass(store, "ETH", MOST, "9999999999.999999999999999999").await;
}

async fn the_largest_amount_of_a_coin_without_places_passes_exactly(store: &TestStore) {
    done(store.ledger.add_coin(new_coin(coin("JPY"), 0, 1, MOST)).await);
    pass(store, "JPY", MOST, "9999999999999999999999999999").await;
}

async fn a_single_wei_passes_exactly(store: &TestStore) {
    store.add_coins().await;
    let receipt = pass(store, "ETH", 1, "0.000000000000000001").await;
    assert!(store.ledger.begin_claim(by_bob(receipt.packet)).await.is_err());
}

async fn the_largest_amount_comes_back_at_expiry(store: &TestStore) {
    store.add_coins().await;
    store.bring(AccountKey { user: alice(), coin: eth() }, MOST).await;
    let quantity = "9999999999.999999999999999999".parse().expect("the text is a decimal");
    let packet = done(store.ledger.reserve(Reserve { coin: eth(), quantity, ..store.gift(1) }).await).packet;
    done(store.ledger.confirm(Confirm { packet }).await);
    store.clock.advance(LIFE);

    let expired = done(store.ledger.expire(Expire { packet }).await);

    assert_eq!(expired.refunded.amount, Amount::MAX);
    let holding = store.queries.holdings(alice()).await.expect("holdings can be read")[0];
    assert_eq!(holding.balance.amount, Amount::MAX);
}

async fn the_largest_amount_can_be_withdrawn(store: &TestStore) {
    store.add_coins().await;
    let account = AccountKey { user: alice(), coin: eth() };
    store.bring(account, MOST).await;
    store.take(account, MOST).await;

    let holding = store.queries.holdings(alice()).await.expect("holdings can be read")[0];
    assert_eq!(holding.balance.amount, Amount::ZERO);
}
