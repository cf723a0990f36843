//! Adding and listing coins.

use hongbao_domain::{
    ledger::AddCoinRefusal,
    money::{Amount, Coin},
    red_packet::ReserveRefusal,
};

use crate::{
    TestStore,
    case::cases,
    scene::{alice, cny, cny_of, coin, done, eth, new_coin, refused, settle},
};

cases![
    adding_a_coin_again_changes_nothing,
    the_limits_of_a_coin_can_change,
    a_coin_can_be_kept_from_new_packets,
    a_scale_never_changes,
    coins_whose_ids_differ_in_case_are_two,
    there_are_no_coins_at_first,
    coins_are_listed_by_id_as_they_were_added,
    changed_limits_are_listed,
    a_refused_scale_is_not_listed,
];

async fn coins(store: &TestStore) -> Vec<Coin> {
    store.queries.coins().await.expect("coins can be read")
}

async fn adding_a_coin_again_changes_nothing(store: &TestStore) {
    store.alice_has(500).await;

    store.repeats(store.ledger.add_coin(new_coin(cny(), 2, 1, 20_000)), ()).await;
}

async fn the_limits_of_a_coin_can_change(store: &TestStore) {
    store.alice_has(50_000).await;
    store.refuses(store.ledger.reserve(store.gift(30_000)), ReserveRefusal::AboveMaximum).await;

    done(store.ledger.add_coin(new_coin(cny(), 2, 100, 30_000)).await);

    done(store.ledger.reserve(store.gift(30_000)).await);
    store.refuses(store.ledger.reserve(store.gift(99)), ReserveRefusal::BelowMinimum).await;
}

async fn a_coin_can_be_kept_from_new_packets(store: &TestStore) {
    store.alice_has(500).await;
    let open = store.delivered(100).await;
    let closed = new_coin(cny(), 2, 1, 20_000).with_packets(false);
    done(store.ledger.add_coin(closed).await);
    assert_eq!(coins(store).await.into_iter().find(|coin| coin.id() == cny()), Some(closed));

    store.refuses(store.ledger.reserve(store.gift(100)), ReserveRefusal::CoinNotHeld).await;
    let begun = store.begin(open).await;
    done(store.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(store.fen_of(alice()).await, (400, 0), "what was open is claimed as ever");

    done(store.ledger.add_coin(closed.with_packets(true)).await);
    done(store.ledger.reserve(store.gift(100)).await);
}

async fn a_scale_never_changes(store: &TestStore) {
    store.alice_has(500).await;

    store.refuses(store.ledger.add_coin(new_coin(cny(), 3, 7, 20_000)), AddCoinRefusal::ScaleDiffers).await;

    done(store.ledger.reserve(store.gift(1)).await);
    assert_eq!(store.fen_of(alice()).await, (499, 1));
}

async fn coins_whose_ids_differ_in_case_are_two(store: &TestStore) {
    store.alice_has(500).await;

    done(store.ledger.add_coin(new_coin(coin("cny"), 3, 1, 1)).await);

    assert_eq!(store.fen_of(alice()).await, (500, 0));
    store.bring(cny_of(alice()), 1).await;
    let holdings = store.queries.holdings(alice()).await.expect("holdings can be read");
    assert_eq!(holdings.len(), 1);
}

async fn there_are_no_coins_at_first(store: &TestStore) {
    assert_eq!(coins(store).await, []);
}

async fn coins_are_listed_by_id_as_they_were_added(store: &TestStore) {
    // By the bytes of their ids, which is not the order of any dictionary.
    let ids = ["-", "0", "10", "9", "BTC", "CNY", "CNY-2", "CNY_2", "USDT", "_", "btc", "cny", "z"];
    let coin = |id: &str, places| new_coin(coin(id), places, 1 + i128::from(places), Amount::MAX.minor());
    let expected: Vec<_> = ids.into_iter().zip(0..).map(|(id, places)| coin(id, places)).collect();
    for number in 0..expected.len() {
        done(store.ledger.add_coin(expected[number * 5 % expected.len()]).await);
    }
    assert_eq!(coins(store).await, expected);
}

async fn changed_limits_are_listed(store: &TestStore) {
    store.add_coins().await;
    let changed = new_coin(cny(), 2, 100, 30_000);
    done(store.ledger.add_coin(changed).await);

    assert_eq!(coins(store).await, [changed, new_coin(eth(), 18, 1, Amount::MAX.minor())]);
}

async fn a_refused_scale_is_not_listed(store: &TestStore) {
    store.add_coins().await;
    let before = coins(store).await;
    for places in [0, 1, 3, 18] {
        let other = new_coin(cny(), places, 7, 8);
        assert_eq!(refused(store.ledger.add_coin(other).await), AddCoinRefusal::ScaleDiffers);
    }
    assert_eq!(coins(store).await, before);
}
