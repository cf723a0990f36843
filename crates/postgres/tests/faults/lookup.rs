//! Session lookups that arrive together.

use std::pin::pin;

use futures_util::{future::join_all, poll};
use hongbao_domain::{id::SessionKey, time::Timestamp, user::UserStatus};
use hongbao_ports::{Sessions, Users, query::SessionQueries};
use sqlx::Executor;
use tokio::spawn;

use crate::test_db::{Instance, TestDb, user};

const FAR: Timestamp = Timestamp::from_micros(i64::MAX);

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_lookups_shares_one_statement_and_each_gets_its_own_answer() {
    let db = TestDb::new().await;
    let Instance { store, ledger, .. } = db.open().await;
    let keys: Vec<SessionKey> = (0..200).map(|number| format!("key-{number}").parse().unwrap()).collect();
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    Users::add(&*ledger, user("alice"), status).await.unwrap();
    for key in keys.iter().step_by(50) {
        ledger.register(key, user("alice"), FAR).await.unwrap();
    }
    let mut other = db.other_session().await;
    other.execute("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let (first, key) = (store.clone(), keys[0]);
    let first = spawn(async move { first.user_of(&key).await });
    db.somebody_waits().await;

    let mut crowd = pin!(join_all(keys.iter().map(|key| store.user_of(key))));
    assert!(poll!(&mut crowd).is_pending(), "all have asked");

    db.so_many_wait(1).await;
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(first.await.unwrap().unwrap(), Some(user("alice")));
    for (number, answer) in crowd.await.into_iter().enumerate() {
        assert_eq!(answer.unwrap(), (number % 50 == 0).then(|| user("alice")), "key {number}");
    }
    let asked =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%key_sha256 = ANY%'
        AND pid <> pg_backend_pid()";
    let asked: u32 = db.psql(asked).parse().unwrap();
    assert!(asked <= 2, "two statements need no more than two connections: {asked}");
}
