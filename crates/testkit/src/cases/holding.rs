//! What a user has.

use hongbao_domain::{
    ledger::AccountKey,
    red_packet::{Cancel, Expire},
};

use crate::{
    Rig,
    case::cases,
    scene::{LIFE, alice, bob, carol, cny_of, coin, done, eth, new_coin, settle},
};

cases![
    who_has_no_account_has_nothing,
    holdings_are_sorted_by_coin_and_empty_accounts_are_listed,
    only_packets_under_way_are_held,
    held_money_is_counted_for_each_coin_and_sender,
];

async fn who_has_no_account_has_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    assert_eq!(rig.queries.holdings(carol()).await.expect("holdings can be read"), []);
}

async fn holdings_are_sorted_by_coin_and_empty_accounts_are_listed(rig: &Rig) {
    rig.add_coins().await;
    for id in ["b", "B", "a-1", "a_1", "a", "Z"] {
        done(rig.ledger.add_coin(new_coin(coin(id), 0, 1, 1)).await);
        rig.open(AccountKey { user: alice(), coin: coin(id) }).await;
    }
    rig.bring(AccountKey { user: alice(), coin: eth() }, 5).await;

    let holdings = rig.queries.holdings(alice()).await.expect("holdings can be read");

    let listed: Vec<_> = holdings.iter().map(|holding| holding.balance.coin.to_string()).collect();
    assert_eq!(listed, ["B", "ETH", "Z", "a", "a-1", "a_1", "b"]);
    let places: Vec<_> = holdings.iter().map(|holding| holding.balance.scale.places()).collect();
    assert_eq!(places, [0, 18, 0, 0, 0, 0, 0]);
}

async fn only_packets_under_way_are_held(rig: &Rig) {
    rig.alice_has(1_000).await;
    let sending = rig.sending(1).await;
    let open = rig.delivered(20).await;
    let begun = rig.claiming(300).await;
    assert_eq!(rig.fen_of(alice()).await, (679, 321));

    done(rig.ledger.cancel(Cancel { packet: sending }).await);
    assert_eq!(rig.fen_of(alice()).await, (680, 320));
    done(rig.ledger.settle_claim(settle(&begun)).await);
    assert_eq!(rig.fen_of(alice()).await, (680, 20));
    rig.clock.advance(LIFE);
    done(rig.ledger.expire(Expire { packet: open }).await);
    assert_eq!(rig.fen_of(alice()).await, (700, 0));
}

async fn held_money_is_counted_for_each_coin_and_sender(rig: &Rig) {
    rig.alice_has(1_000).await;
    rig.bring(cny_of(bob()), 50).await;
    rig.bring(AccountKey { user: alice(), coin: eth() }, 5).await;
    rig.sending(100).await;
    rig.sending(11).await;
    done(rig.ledger.reserve(rig.gift_between(bob(), alice(), 7)).await);

    assert_eq!(rig.fen_of(alice()).await, (889, 111));
    assert_eq!(rig.fen_of(bob()).await, (43, 7));
    let holdings = rig.queries.holdings(alice()).await.expect("holdings can be read");
    assert!(holdings[1].held.is_zero(), "nothing of another coin is held: {holdings:?}");
}
