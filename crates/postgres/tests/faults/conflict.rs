//! Two writers that make the same row, and a row that no writer can make.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hongbao_domain::ledger::OpenAccount;
use hongbao_ports::{FaultKind, Ledger};
use sqlx::Executor;
use tokio::{spawn, sync::Barrier};

use crate::test_db::{TestDb, cny_of, deposit, fault};

#[tokio::test(flavor = "multi_thread")]
async fn of_two_deposits_under_one_reference_one_moves() {
    let db = TestDb::new().await;
    let instances = [db.open().await, db.open().await];
    for round in 0..20 {
        let barrier = Arc::new(Barrier::new(2));
        // A new account each time, too: both have to open it.
        let (reference, name) = (format!("d{round}"), format!("user-{round}"));
        let answers = instances.each_ref().map(|instance| {
            let (ledger, barrier, deposit) = (instance.ledger.clone(), barrier.clone(), deposit(&reference, &name));
            spawn(async move {
                barrier.wait().await;
                ledger.deposit(deposit).await.expect("a repeat is answered like the first").repeated
            })
        });
        let [one, other] = answers;

        assert_ne!(one.await.unwrap(), other.await.unwrap(), "one moved, the other repeats");
        assert_eq!(instances[0].balance(&name).await, 100);
    }
    instances[0].assert_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_open_one_account_one_opens_it() {
    let db = TestDb::new().await;
    let instances = [db.open().await, db.open().await];
    for round in 0..20 {
        let barrier = Arc::new(Barrier::new(2));
        let open = OpenAccount { account: cny_of(&format!("user-{round}")) };
        let answers = instances.each_ref().map(|instance| {
            let (ledger, barrier) = (instance.ledger.clone(), barrier.clone());
            spawn(async move {
                barrier.wait().await;
                ledger.open_account(open).await.expect("whoever is second finds it open").repeated
            })
        });
        let [one, other] = answers;

        assert_ne!(one.await.unwrap(), other.await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_nobody_can_make_fails_alone_and_soon() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    db.psql("INSERT INTO postings VALUES ('mallory', 'account', 'CNY', 1, gen_random_uuid(), 'deposit', 5, 5, 1)");
    // All of them wait for one batch, because the one before it waits for this lock.
    let mut other = db.other_session().await;
    other.execute("BEGIN; SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE").await.unwrap();
    let submit = |reference: String, name: &str| {
        let (ledger, deposit) = (instance.ledger.clone(), deposit(&reference, name));
        spawn(async move { ledger.deposit(deposit).await })
    };
    let mut neighbours = vec![submit("first".to_owned(), "alice")];
    db.somebody_waits().await;
    neighbours.extend((0..20).map(|number| submit(format!("a{number}"), "alice")));
    let poisonous = submit("poison".to_owned(), "mallory");
    neighbours.extend((0..20).map(|number| submit(format!("b{number}"), "bob")));
    let start = Instant::now();
    other.execute("ROLLBACK").await.unwrap();

    assert_eq!(fault(poisonous.await.unwrap()), FaultKind::Internal);

    for neighbour in neighbours {
        assert!(!neighbour.await.unwrap().unwrap().repeated);
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(instance.recording.seen().iter().all(|word| word == "conflict 23505"));
    assert_eq!((instance.balance("alice").await, instance.balance("bob").await), (2_100, 2_000));
}
