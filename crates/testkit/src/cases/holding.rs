//! What a user has.

use hongbao_domain::{
    ledger::AccountKey,
    red_packet::{Cancel, Expire},
};

use crate::{
    TestStore,
    case::cases,
    scene::{LIFE, alice, bob, carol, cny_of, coin, done, eth, new_coin, settle},
};

cases![
    who_has_no_account_has_nothing,
    holdings_are_sorted_by_coin_and_empty_accounts_are_listed,
    only_packets_under_way_are_held,
    held_money_is_counted_for_each_coin_and_sender,
];

async fn who_has_no_account_has_nothing(store: &TestStore) {
    store.alice_has(700).await;
    assert_eq!(store.queries.holdings(carol()).await.expect("holdings can be read"), []);
}

async fn holdings_are_sorted_by_coin_and_empty_accounts_are_listed(store: &TestStore) {
    store.add_coins().await;
    for id in ["b", "B", "a-1", "a_1", "a", "Z"] {
        done(store.ledger.add_coin(new_coin(coin(id), 0, 1, 1)).await);
        store.open(AccountKey { user: alice(), coin: coin(id) }).await;
    }
    store.bring(AccountKey { user: alice(), coin: eth() }, 5).await;

    let holdings = store.queries.holdings(alice()).await.expect("holdings can be read");

    let listed: Vec<_> = holdings.iter().map(|holding| holding.balance.coin.to_string()).collect();
    assert_eq!(listed, ["B", "ETH", "Z", "a", "a-1", "a_1", "b"]);
    let places: Vec<_> = holdings.iter().map(|holding| holding.balance.scale.places()).collect();
    assert_eq!(places, [0, 18, 0, 0, 0, 0, 0]);
}

async fn only_packets_under_way_are_held(store: &TestStore) {
    store.alice_has(1_000).await;
    let sending = store.sending(1).await;
    let open = store.delivered(20).await;
    let begun = store.claiming(300).await;
    assert_eq!(store.fen_of(alice()).await, (679, 321));

    done(store.ledger.cancel(Cancel { packet: sending }).await);
    assert_eq!(store.fen_of(alice()).await, (680, 320));
    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(store.fen_of(alice()).await, (680, 20));
    store.clock.advance(LIFE);
    done(store.ledger.expire(Expire { packet: open }).await);
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn held_money_is_counted_for_each_coin_and_sender(store: &TestStore) {
    store.alice_has(1_000).await;
    store.bring(cny_of(bob()), 50).await;
    store.bring(AccountKey { user: alice(), coin: eth() }, 5).await;
    store.sending(100).await;
    store.sending(11).await;
    done(store.ledger.reserve(store.gift_between(bob(), alice(), 7)).await);

    assert_eq!(store.fen_of(alice()).await, (889, 111));
    assert_eq!(store.fen_of(bob()).await, (43, 7));
    let holdings = store.queries.holdings(alice()).await.expect("holdings can be read");
    assert!(holdings[1].held.is_zero(), "nothing of another coin is held: {holdings:?}");
}
