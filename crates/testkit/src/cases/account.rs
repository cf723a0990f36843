//! Opening accounts.

use hongbao_domain::{
    ledger::{AccountKey, Holding, OpenAccount, OpenAccountRefusal, Opened},
    money::{Amount, Money},
};

use crate::{
    TestStore,
    case::cases,
    scene::{alice, cny_of, coin, done, eth, scale, user},
};

cases![
    a_new_account_is_empty_and_listed,
    opening_again_says_so_and_changes_nothing,
    opening_an_account_keeps_its_money,
    no_account_opens_in_an_unknown_coin,
    users_whose_ids_differ_in_case_have_accounts_of_their_own,
];

async fn a_new_account_is_empty_and_listed(store: &TestStore) {
    store.add_coins().await;
    let account = AccountKey { user: alice(), coin: eth() };

    assert_eq!(done(store.ledger.open_account(OpenAccount { account }).await), Opened { repeated: false });

    let scale = scale(18);
    let balance = Money { coin: eth(), scale, amount: Amount::ZERO };
    let holdings = store.queries.holdings(alice()).await.expect("holdings can be read");
    assert_eq!(holdings, [Holding { balance, held: Amount::ZERO }]);
}

async fn opening_again_says_so_and_changes_nothing(store: &TestStore) {
    store.add_coins().await;
    store.open(cny_of(alice())).await;

    let again = store.ledger.open_account(OpenAccount { account: cny_of(alice()) });
    store.repeats(again, Opened { repeated: true }).await;
}

async fn opening_an_account_keeps_its_money(store: &TestStore) {
    store.alice_has(700).await;

    let again = store.ledger.open_account(OpenAccount { account: cny_of(alice()) });
    store.repeats(again, Opened { repeated: true }).await;
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn no_account_opens_in_an_unknown_coin(store: &TestStore) {
    let account = AccountKey { user: alice(), coin: coin("XYZ") };

    store.refuses(store.ledger.open_account(OpenAccount { account }), OpenAccountRefusal::CoinUnknown).await;
}

async fn users_whose_ids_differ_in_case_have_accounts_of_their_own(store: &TestStore) {
    store.add_coins().await;
    store.bring(cny_of(user("bob")), 1).await;
    store.bring(cny_of(user("Bob")), 20).await;
    store.bring(cny_of(user("_a-user-id-of-25-letters-")), 300).await;

    assert_eq!(store.fen_of(user("bob")).await, (1, 0));
    assert_eq!(store.fen_of(user("Bob")).await, (20, 0));
    assert_eq!(store.fen_of(user("_a-user-id-of-25-letters-")).await, (300, 0));
}
