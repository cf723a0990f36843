//! Movements, and accounts that are opened.

use super::*;
use crate::{
    money::{Amount, Coin, Scale},
    testing::*,
};

fn deposit(name: &str, minor: i128) -> Deposit {
    Deposit { reference: name.parse().unwrap(), account: cny_of(alice()), amount: fen(minor) }
}

fn withdrawal(name: &str, minor: i128) -> Withdraw {
    Withdraw { reference: name.parse().unwrap(), account: cny_of(alice()), amount: fen(minor) }
}

#[test]
fn an_account_opens_once_and_keeps_its_money() {
    let mut store = Store::new();
    assert_eq!(store.run(OpenAccount { account: cny_of(bob()) }, NOON), Ok(Opened { repeated: false }));
    assert_eq!(store.run(OpenAccount { account: cny_of(bob()) }, NOON), Ok(Opened { repeated: true }));
    assert_eq!(store.run(OpenAccount { account: cny_of(alice()) }, NOON), Ok(Opened { repeated: true }));
    assert_eq!((store.fen_of(alice()), store.rows.accounts.len()), (1_000, 2));
}

#[test]
fn nothing_opens_in_an_unknown_coin() {
    let mut store = Store::new();
    let account = AccountKey { user: alice(), coin: "XYZ".parse().unwrap() };
    assert_eq!(store.run(OpenAccount { account }, NOON), Err(OpenAccountRefusal::CoinUnknown));
    assert_eq!(store.run(Deposit { account, ..deposit("x", 1) }, NOON), Err(DepositRefusal::CoinUnknown));
}

#[test]
fn a_deposit_opens_the_account_and_is_done_once() {
    let mut store = Store::new();
    let to_bob = Deposit { account: cny_of(bob()), ..deposit("x", 5) };
    let first = store.run(to_bob, NOON).unwrap();
    assert_eq!((first.movement.at, first.repeated), (NOON, false));

    assert_eq!(store.run(to_bob, NOON.after(LIFE)), Ok(Moved { repeated: true, ..first }));
    assert_eq!(store.fen_of(bob()), 5);
}

#[test]
fn a_withdrawal_is_done_once() {
    let mut store = Store::new();
    let first = store.run(withdrawal("x", 1_000), NOON).unwrap();
    assert!(!first.repeated);

    assert_eq!(store.run(withdrawal("x", 1_000), NOON.after(LIFE)), Ok(Moved { repeated: true, ..first }));
    assert_eq!(store.fen_of(alice()), 0);
}

#[test]
fn a_reference_names_one_movement_for_ever() {
    let mut store = Store::new();
    store.run(deposit("in", 5), NOON).unwrap();
    store.run(withdrawal("out", 5), NOON).unwrap();

    for other in [deposit("in", 6), deposit("out", 5), Deposit { account: cny_of(bob()), ..deposit("in", 5) }] {
        assert_eq!(store.run(other, NOON), Err(DepositRefusal::ReferenceUsed));
    }
    for other in [withdrawal("out", 6), withdrawal("in", 5), withdrawal("in", 0)] {
        assert_eq!(store.run(other, NOON), Err(WithdrawRefusal::ReferenceUsed));
    }
}

#[test]
fn nothing_cannot_be_moved() {
    let mut store = Store::new();
    assert_eq!(store.run(deposit("x", 0), NOON), Err(DepositRefusal::NothingToMove));
    assert_eq!(store.run(withdrawal("x", 0), NOON), Err(WithdrawRefusal::NothingToMove));
}

#[test]
fn an_account_gives_no_more_than_it_has_and_takes_no_more_than_the_bound() {
    let mut store = Store::new();
    assert_eq!(store.run(withdrawal("x", 1_001), NOON), Err(WithdrawRefusal::BalanceTooLow));
    let of_bob = Withdraw { account: cny_of(bob()), ..withdrawal("x", 1) };
    assert_eq!(store.run(of_bob, NOON), Err(WithdrawRefusal::BalanceTooLow));
    let most = Amount::MAX.minor() - 1_000;
    assert_eq!(store.run(deposit("x", most + 1), NOON), Err(DepositRefusal::BalanceOverflow));
    assert!(store.run(deposit("x", most), NOON).is_ok(), "a refusal leaves the reference free");
}

#[test]
fn the_limits_of_a_coin_change_and_its_scale_never() {
    let mut store = Store::new();
    let wider = coin("CNY", 1, 9_000);
    assert_eq!(store.run(AddCoin { coin: wider }, NOON), Ok(()));
    assert_eq!(store.rows.coins[&wider.id()], wider);

    let rescaled = Coin::try_new(wider.id(), Scale::new(3).unwrap(), fen(1), fen(9_000)).unwrap();
    assert_eq!(store.run(AddCoin { coin: rescaled }, NOON), Err(AddCoinRefusal::ScaleDiffers));
    assert_eq!(store.rows.coins[&wider.id()], wider);
}
