//! Batches that name the same rows in opposite orders.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up fails the test that wants it")]

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    red_packet::{BeginClaim, Confirm, PacketRef, ReleaseClaim, Reserve},
    store::{Action, Batch},
};
use hongbao_ports::{Ids, Ledger};
use hongbao_store::{Attempt, Store};
use sqlx::Executor;
use tokio::{spawn, sync::Barrier, time::Instant};

use crate::test_db::{Instance, TestDb, cny_of, deposit, until, user};

const ROUNDS: u32 = 30;
const USERS: u32 = 12;
const PACKETS: u32 = 12;

/// Gives packets of alice's that bob may claim.
async fn packets(db: &TestDb, instance: &Instance) -> Vec<PacketRef> {
    let mut packets = Vec::new();
    instance.deposit("money", "alice").await.unwrap();
    for _ in 0..PACKETS {
        let reserve = Reserve {
            id: db.ids.transfer(),
            sender: user("alice"),
            receiver: user("bob"),
            coin: cny_of("alice").coin,
            quantity: "0.01".parse().unwrap(),
            remark: "恭喜".parse().unwrap(),
            lease: Duration::from_mins(1),
            expires_in: Duration::from_hours(1),
        };
        let packet = instance.ledger.reserve(reserve).await.unwrap().packet;
        instance.ledger.confirm(Confirm { packet }).await.unwrap();
        packets.push(packet);
    }
    packets
}

/// Gives a batch that touches every packet, old and new accounts, and new movements, in an order that depends on `turn`.
fn batch(db: &TestDb, packets: &[PacketRef], round: u32, turn: u32) -> Batch {
    let mut actions: Vec<Action> = Vec::new();
    for packet in packets {
        let taker = user("bob");
        actions.push(match turn % 2 {
            0 => BeginClaim { id: packet.id, taker, lease: Duration::from_mins(1) }.into(),
            _ => ReleaseClaim { packet: *packet, taker, fence: u64::from(round) }.into(),
        });
    }
    for number in 0..USERS {
        // References that all batches of a round share, so that they are made in opposite orders, too.
        actions.push(deposit(&format!("{round}-{number}"), &format!("old-{number}")).into());
        actions.push(deposit(&format!("{round}-{number}-new"), &format!("new-{round}-{number}")).into());
    }
    let mut commands: Vec<_> = actions.into_iter().map(|action| db.command(action)).collect();
    if turn >= 2 {
        commands.reverse();
    }
    let length = commands.len();
    commands.rotate_left(usize::try_from(turn * round).unwrap() % length);
    commands.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_in_opposite_orders_never_deadlock() {
    let db = TestDb::new().await;
    let instances = [db.open().await, db.open().await];
    let packets = packets(&db, &instances[0]).await;
    for round in 1..=ROUNDS {
        let barrier = Arc::new(Barrier::new(4));
        let turns = [0, 1, 2, 3].map(|turn| {
            let instance = &instances[usize::try_from(turn).unwrap() % 2];
            let (store, barrier, ids) = (instance.recording.clone(), barrier.clone(), db.ids.clone());
            let batch = batch(&db, &packets, round, turn);
            spawn(async move {
                barrier.wait().await;
                loop {
                    let until = Instant::now() + Duration::from_secs(5);
                    match store.commit(Attempt { id: ids.attempt(), until }, &batch).await {
                        Ok(_) => return,
                        // Another made a row first; that is no deadlock.
                        Err(hongbao_store::CommitError::Conflict(_)) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            })
        });
        for turn in turns {
            turn.await.unwrap();
        }
    }
    instances[0].assert_holds().await;
    for instance in &instances {
        instance.close().await;
    }
    // Whatever a session counted is told when it ends, and only then is it gone from the list.
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'";
    until("all sessions have ended", async || db.psql(sessions) == "0").await;
    let deadlocks = "SELECT pg_stat_get_db_deadlocks(oid) FROM pg_database WHERE datname = current_database()";
    assert_eq!(db.psql(deadlocks), "0");
    let seen: Vec<_> = instances.iter().flat_map(|instance| instance.recording.seen()).collect();
    assert!(seen.iter().all(|word| word == "conflict 23505"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_batches_are_at_the_disk_side_by_side() {
    let db = TestDb::new().await;
    let instance = db.open_side_by_side(&db.settings(), 2).await;
    instance.open_account("bob").await;
    let mut other = db.other_session().await;
    other.execute("BEGIN; SELECT FROM accounts WHERE user_id = 'alice' FOR UPDATE").await.unwrap();
    let ledger = instance.ledger.clone();
    let waiting = spawn(async move { ledger.deposit(deposit("d1", "alice")).await });
    db.somebody_waits().await;

    instance.deposit("d2", "bob").await.unwrap();

    assert!(!waiting.is_finished(), "the one is still at the database when the other is done");
    other.execute("ROLLBACK").await.unwrap();
    waiting.await.unwrap().unwrap();
    instance.assert_holds().await;
}
