//! Deposits and withdrawals.

use hongbao_domain::{
    ledger::{AccountKey, Deposit, DepositRefusal, Direction, Moved, Movement, Withdraw, WithdrawRefusal},
    money::Amount,
};
use hongbao_ports::Clock;

use crate::{
    Rig,
    case::cases,
    scene::{LIFE, alice, amount, bob, cny_of, coin, done, eth, reference},
};

cases![
    a_deposit_opens_the_account_and_brings_its_money,
    a_repeated_deposit_moves_nothing_and_says_so,
    a_deposit_of_an_unknown_coin_is_refused,
    a_deposit_of_nothing_is_refused,
    a_reference_names_one_movement_for_ever,
    a_deposit_above_the_bound_is_refused,
    a_withdrawal_takes_money_out,
    a_repeated_withdrawal_moves_nothing_and_says_so,
    a_withdrawal_of_nothing_is_refused,
    a_withdrawal_of_more_than_there_is_is_refused,
    money_in_a_packet_cannot_be_withdrawn,
    a_refused_movement_leaves_its_reference_free,
];

fn deposit(name: &str, minor: i128) -> Deposit {
    Deposit { reference: reference(name), account: cny_of(alice()), amount: amount(minor) }
}

fn withdrawal(name: &str, minor: i128) -> Withdraw {
    Withdraw { reference: reference(name), account: cny_of(alice()), amount: amount(minor) }
}

fn moved(rig: &Rig, name: &str, direction: Direction, minor: i128) -> Moved {
    let (account, at) = (cny_of(alice()), rig.clock.now());
    let movement = Movement { reference: reference(name), direction, account, amount: amount(minor), at };
    Moved { movement, repeated: false }
}

async fn a_deposit_opens_the_account_and_brings_its_money(rig: &Rig) {
    rig.add_coins().await;
    assert_eq!(done(rig.ledger.deposit(deposit("one", 700)).await), moved(rig, "one", Direction::In, 700));
    assert_eq!(done(rig.ledger.deposit(deposit("two", 50)).await), moved(rig, "two", Direction::In, 50));
    assert_eq!(rig.fen_of(alice()).await, (750, 0));
}

async fn a_repeated_deposit_moves_nothing_and_says_so(rig: &Rig) {
    rig.add_coins().await;
    let first = done(rig.ledger.deposit(deposit("one", 700)).await);
    rig.clock.advance(LIFE);

    rig.repeats(rig.ledger.deposit(deposit("one", 700)), Moved { repeated: true, ..first }).await;
    assert_eq!(rig.fen_of(alice()).await, (700, 0));
}

async fn a_deposit_of_an_unknown_coin_is_refused(rig: &Rig) {
    let account = AccountKey { user: alice(), coin: coin("XYZ") };
    let deposit = Deposit { account, ..deposit("one", 700) };

    rig.refuses(rig.ledger.deposit(deposit), DepositRefusal::CoinUnknown).await;
}

async fn a_deposit_of_nothing_is_refused(rig: &Rig) {
    rig.add_coins().await;
    rig.refuses(rig.ledger.deposit(deposit("one", 0)), DepositRefusal::NothingToMove).await;
}

async fn a_reference_names_one_movement_for_ever(rig: &Rig) {
    rig.add_coins().await;
    let first = deposit("one", 700);
    done(rig.ledger.deposit(first).await);

    let others = [
        Deposit { amount: amount(701), ..first },
        Deposit { account: cny_of(bob()), ..first },
        Deposit { account: AccountKey { user: alice(), coin: eth() }, ..first },
    ];
    for other in others {
        rig.refuses(rig.ledger.deposit(other), DepositRefusal::ReferenceUsed).await;
    }
    rig.refuses(rig.ledger.withdraw(withdrawal("one", 700)), WithdrawRefusal::ReferenceUsed).await;

    done(rig.ledger.withdraw(withdrawal("two", 700)).await);
    rig.refuses(rig.ledger.deposit(deposit("two", 700)), DepositRefusal::ReferenceUsed).await;
    done(rig.ledger.deposit(deposit("ONE", 3)).await);
}

async fn a_deposit_above_the_bound_is_refused(rig: &Rig) {
    rig.alice_has(1).await;
    let most = deposit("most", Amount::MAX.minor());

    rig.refuses(rig.ledger.deposit(most), DepositRefusal::BalanceOverflow).await;
    done(rig.ledger.deposit(deposit("rest", Amount::MAX.minor() - 1)).await);
    assert_eq!(rig.fen_of(alice()).await, (Amount::MAX.minor(), 0));
}

async fn a_withdrawal_takes_money_out(rig: &Rig) {
    rig.alice_has(700).await;
    assert_eq!(done(rig.ledger.withdraw(withdrawal("one", 50)).await), moved(rig, "one", Direction::Out, 50));
    assert_eq!(rig.fen_of(alice()).await, (650, 0));
    assert_eq!(done(rig.ledger.withdraw(withdrawal("two", 650)).await), moved(rig, "two", Direction::Out, 650));
    assert_eq!(rig.fen_of(alice()).await, (0, 0));
}

async fn a_repeated_withdrawal_moves_nothing_and_says_so(rig: &Rig) {
    rig.alice_has(700).await;
    let first = done(rig.ledger.withdraw(withdrawal("one", 700)).await);
    rig.clock.advance(LIFE);

    rig.repeats(rig.ledger.withdraw(withdrawal("one", 700)), Moved { repeated: true, ..first }).await;
    assert_eq!(rig.fen_of(alice()).await, (0, 0));
}

async fn a_withdrawal_of_nothing_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    rig.refuses(rig.ledger.withdraw(withdrawal("one", 0)), WithdrawRefusal::NothingToMove).await;
}

async fn a_withdrawal_of_more_than_there_is_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    rig.refuses(rig.ledger.withdraw(withdrawal("one", 701)), WithdrawRefusal::BalanceTooLow).await;

    let no_account = Withdraw { account: cny_of(bob()), ..withdrawal("one", 1) };
    rig.refuses(rig.ledger.withdraw(no_account), WithdrawRefusal::BalanceTooLow).await;
}

async fn money_in_a_packet_cannot_be_withdrawn(rig: &Rig) {
    rig.alice_has(700).await;
    rig.delivered(300).await;

    rig.refuses(rig.ledger.withdraw(withdrawal("one", 401)), WithdrawRefusal::BalanceTooLow).await;
    done(rig.ledger.withdraw(withdrawal("one", 400)).await);
    assert_eq!(rig.fen_of(alice()).await, (0, 300));
}

async fn a_refused_movement_leaves_its_reference_free(rig: &Rig) {
    rig.alice_has(700).await;
    rig.refuses(rig.ledger.withdraw(withdrawal("one", 701)), WithdrawRefusal::BalanceTooLow).await;

    assert!(!done(rig.ledger.deposit(deposit("one", 1)).await).repeated);
    assert_eq!(rig.fen_of(alice()).await, (701, 0));
}
