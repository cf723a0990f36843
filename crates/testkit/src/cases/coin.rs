//! Adding coins.

use hongbao_domain::red_packet::ReserveRefusal;
use hongbao_ports::AddCoinRefusal;

use crate::{
    Rig,
    case::cases,
    scene::{alice, cny, cny_of, coin, done, new_coin},
};

cases![
    adding_a_coin_again_changes_nothing,
    the_limits_of_a_coin_can_change,
    a_scale_never_changes,
    coins_whose_ids_differ_in_case_are_two,
];

async fn adding_a_coin_again_changes_nothing(rig: &Rig) {
    rig.alice_has(500).await;

    rig.repeats(rig.ledger.add_coin(new_coin(cny(), 2, 1, 20_000)), ()).await;
}

async fn the_limits_of_a_coin_can_change(rig: &Rig) {
    rig.alice_has(50_000).await;
    rig.refuses(rig.ledger.reserve(rig.gift(30_000)), ReserveRefusal::AboveMaximum).await;

    done(rig.ledger.add_coin(new_coin(cny(), 2, 100, 30_000)).await);

    done(rig.ledger.reserve(rig.gift(30_000)).await);
    rig.refuses(rig.ledger.reserve(rig.gift(99)), ReserveRefusal::BelowMinimum).await;
}

async fn a_scale_never_changes(rig: &Rig) {
    rig.alice_has(500).await;

    rig.refuses(rig.ledger.add_coin(new_coin(cny(), 3, 7, 20_000)), AddCoinRefusal::ScaleDiffers).await;

    done(rig.ledger.reserve(rig.gift(1)).await);
    assert_eq!(rig.fen_of(alice()).await, (499, 1));
}

async fn coins_whose_ids_differ_in_case_are_two(rig: &Rig) {
    rig.alice_has(500).await;

    done(rig.ledger.add_coin(new_coin(coin("cny"), 3, 1, 1)).await);

    assert_eq!(rig.fen_of(alice()).await, (500, 0));
    rig.bring(cny_of(alice()), 1).await;
    let holdings = rig.ledger.holdings(alice()).await.expect("holdings can be read");
    assert_eq!(holdings.len(), 1);
}
