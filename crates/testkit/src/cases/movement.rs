//! Deposits and withdrawals.

use hongbao_domain::{
    ledger::{AccountKey, Deposit, DepositRefusal, Direction, Moved, Movement, Withdraw, WithdrawRefusal},
    money::Amount,
};
use hongbao_ports::Clock;

use crate::{
    TestStore,
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

fn moved(store: &TestStore, name: &str, direction: Direction, minor: i128) -> Moved {
    let (account, at) = (cny_of(alice()), store.clock.now());
    let movement = Movement { reference: reference(name), direction, account, amount: amount(minor), at };
    Moved { movement, repeated: false }
}

async fn a_deposit_opens_the_account_and_brings_its_money(store: &TestStore) {
    store.add_coins().await;
    assert_eq!(done(store.ledger.deposit(deposit("one", 700)).await), moved(store, "one", Direction::In, 700));
    assert_eq!(done(store.ledger.deposit(deposit("two", 50)).await), moved(store, "two", Direction::In, 50));
    assert_eq!(store.fen_of(alice()).await, (750, 0));
}

async fn a_repeated_deposit_moves_nothing_and_says_so(store: &TestStore) {
    store.add_coins().await;
    let first = done(store.ledger.deposit(deposit("one", 700)).await);
    store.clock.advance(LIFE);

    store.repeats(store.ledger.deposit(deposit("one", 700)), Moved { repeated: true, ..first }).await;
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn a_deposit_of_an_unknown_coin_is_refused(store: &TestStore) {
    let account = AccountKey { user: alice(), coin: coin("XYZ") };
    let deposit = Deposit { account, ..deposit("one", 700) };

    store.refuses(store.ledger.deposit(deposit), DepositRefusal::CoinUnknown).await;
}

async fn a_deposit_of_nothing_is_refused(store: &TestStore) {
    store.add_coins().await;
    store.refuses(store.ledger.deposit(deposit("one", 0)), DepositRefusal::NothingToMove).await;
}

async fn a_reference_names_one_movement_for_ever(store: &TestStore) {
    store.add_coins().await;
    let first = deposit("one", 700);
    done(store.ledger.deposit(first).await);

    let others = [
        Deposit { amount: amount(701), ..first },
        Deposit { account: cny_of(bob()), ..first },
        Deposit { account: AccountKey { user: alice(), coin: eth() }, ..first },
    ];
    for other in others {
        store.refuses(store.ledger.deposit(other), DepositRefusal::ReferenceUsed).await;
    }
    store.refuses(store.ledger.withdraw(withdrawal("one", 700)), WithdrawRefusal::ReferenceUsed).await;

    done(store.ledger.withdraw(withdrawal("two", 700)).await);
    store.refuses(store.ledger.deposit(deposit("two", 700)), DepositRefusal::ReferenceUsed).await;
    done(store.ledger.deposit(deposit("ONE", 3)).await);
}

async fn a_deposit_above_the_bound_is_refused(store: &TestStore) {
    store.alice_has(1).await;
    let most = deposit("most", Amount::MAX.minor());

    store.refuses(store.ledger.deposit(most), DepositRefusal::BalanceOverflow).await;
    done(store.ledger.deposit(deposit("rest", Amount::MAX.minor() - 1)).await);
    assert_eq!(store.fen_of(alice()).await, (Amount::MAX.minor(), 0));
}

async fn a_withdrawal_takes_money_out(store: &TestStore) {
    store.alice_has(700).await;
    assert_eq!(done(store.ledger.withdraw(withdrawal("one", 50)).await), moved(store, "one", Direction::Out, 50));
    assert_eq!(store.fen_of(alice()).await, (650, 0));
    assert_eq!(done(store.ledger.withdraw(withdrawal("two", 650)).await), moved(store, "two", Direction::Out, 650));
    assert_eq!(store.fen_of(alice()).await, (0, 0));
}

async fn a_repeated_withdrawal_moves_nothing_and_says_so(store: &TestStore) {
    store.alice_has(700).await;
    let first = done(store.ledger.withdraw(withdrawal("one", 700)).await);
    store.clock.advance(LIFE);

    store.repeats(store.ledger.withdraw(withdrawal("one", 700)), Moved { repeated: true, ..first }).await;
    assert_eq!(store.fen_of(alice()).await, (0, 0));
}

async fn a_withdrawal_of_nothing_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    store.refuses(store.ledger.withdraw(withdrawal("one", 0)), WithdrawRefusal::NothingToMove).await;
}

async fn a_withdrawal_of_more_than_there_is_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    store.refuses(store.ledger.withdraw(withdrawal("one", 701)), WithdrawRefusal::BalanceTooLow).await;

    let no_account = Withdraw { account: cny_of(bob()), ..withdrawal("one", 1) };
    store.refuses(store.ledger.withdraw(no_account), WithdrawRefusal::BalanceTooLow).await;
}

async fn money_in_a_packet_cannot_be_withdrawn(store: &TestStore) {
    store.alice_has(700).await;
    store.delivered(300).await;

    store.refuses(store.ledger.withdraw(withdrawal("one", 401)), WithdrawRefusal::BalanceTooLow).await;
    done(store.ledger.withdraw(withdrawal("one", 400)).await);
    assert_eq!(store.fen_of(alice()).await, (0, 300));
}

async fn a_refused_movement_leaves_its_reference_free(store: &TestStore) {
    store.alice_has(700).await;
    store.refuses(store.ledger.withdraw(withdrawal("one", 701)), WithdrawRefusal::BalanceTooLow).await;

    assert!(!done(store.ledger.deposit(deposit("one", 1)).await).repeated);
    assert_eq!(store.fen_of(alice()).await, (701, 0));
}
