//! Many lost connections in a row, under two instances at once.

use hongbao_ports::Ledger;
use hongbao_testbed::InjectedFault::{AfterCommit, BeforeCommit};
use tokio::task::JoinSet;

use crate::test_db::{TestDb, deposit};

const EACH: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_lost_each_deposit_moves_its_money_once() {
    let db = TestDb::new().await;
    let instances = [db.open_side_by_side(&db.settings(), 2).await, db.open().await];
    let mut answers = JoinSet::new();
    for number in 0..EACH {
        match number % 4 {
            0 => db.proxy.arm(AfterCommit, 1),
            1 => db.proxy.arm(BeforeCommit, 1),
            2 => db.proxy.cut_mid_batch(1),
            _ => {}
        }
        for (ours, instance) in instances.iter().enumerate() {
            let (ledger, name) = (instance.ledger.clone(), ["alice", "bob", "carol"][(number + ours) % 3]);
            let deposit = deposit(&format!("{ours}-{number}"), name);
            answers.spawn(async move { ledger.deposit(deposit).await });
        }
        if number % 8 == 7 {
            // The crowd so far has its answers before the next comes, so that there are many batches.
            while let Some(answer) = answers.join_next().await {
                assert!(!answer.unwrap().unwrap().repeated);
            }
        }
    }

    let mut sum = 0;
    for name in ["alice", "bob", "carol"] {
        sum += instances[0].balance(name).await;
    }
    assert_eq!(sum, 100 * 2 * i128::try_from(EACH).unwrap());
    instances[1].assert_holds().await;
    let lost = instances.iter().flat_map(|instance| instance.recording.seen()).filter(|word| word == "lost").count();
    assert!(lost > 0, "commits were lost");
}
