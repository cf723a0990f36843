//! The limits hold wherever statements run.

use std::time::Duration;

use hongbao_testbed::{Cluster, Options, PgBouncer};
use hongbao_testkit::SeqIds;
use sqlx::{Executor, PgConnection, Row};
use tokio::time::Instant;

use super::*;
use crate::{
    Connections,
    testing::{database, database_on},
};

/// Gives the limits of a session: of a statement, of waiting for a lock, of idling in a transaction.
async fn limits(connection: &mut PgConnection) -> [String; 3] {
    let mut limits = <[String; 3]>::default();
    let names = ["SHOW statement_timeout", "SHOW lock_timeout", "SHOW idle_in_transaction_session_timeout"];
    for (limit, name) in limits.iter_mut().zip(names) {
        *limit = connection.fetch_one(name).await.unwrap().get(0);
    }
    limits
}

fn settings(url: String) -> Settings {
    let statement_timeout = Duration::from_millis(4_321);
    Settings { migrate: false, connections: Connections::of_each(1), statement_timeout, ..Settings::new(url) }
}

async fn open(settings: &Settings) -> PostgresStore {
    PostgresStore::open(settings, Time::Database, Arc::new(SeqIds::new())).await.unwrap()
}

const LIMITS: [&str; 3] = ["4321ms", "2s", "4321ms"];

#[tokio::test]
async fn every_connection_has_the_limits() {
    let database = database().await;
    let store = open(&settings(database.url())).await;
    let until = Instant::now() + Duration::from_secs(5);
    let mut borrowed = Vec::new();
    for purpose in [Purpose::Batch, Purpose::Read, Purpose::Background, Purpose::Probe] {
        borrowed.push(store.borrow(purpose, until).await.unwrap());
    }
    for connection in &mut borrowed {
        assert_eq!(limits(connection).await, LIMITS);
    }
}

#[tokio::test]
async fn behind_a_pooler_every_transaction_has_the_limits_and_none_stays_behind() {
    let cluster = Cluster::open(Options::default()).unwrap();
    let database = database_on(&cluster.server()).await;
    let pooler = PgBouncer::open(&cluster.server(), true).unwrap();
    let settings = Settings { pooler: Pooler::Transaction, ..settings(pooler.url(database.name())) };
    let store = open(&settings).await;
    let begins = [Some(&store.begins.step), store.begins.read.as_ref(), Some(&store.begins.snapshot)];
    for begin in begins.into_iter().map(|begin| begin.expect("all reads are in transactions")) {
        let until = Instant::now() + Duration::from_secs(5);
        let mut connection = store.borrow(Purpose::Read, until).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(begin.clone())).await.unwrap();
        assert_eq!(limits(&mut connection).await, LIMITS, "{begin}");
        connection.execute("COMMIT").await.unwrap();
        assert_eq!(limits(&mut connection).await, ["0", "0", "0"]);
    }
}

#[tokio::test]
async fn migrations_do_not_go_through_a_pooler() {
    let settings = Settings {
        migrate: true,
        pooler: Pooler::Transaction,
        ..settings("postgres://nobody@127.0.0.1:1/none".to_owned())
    };
    let refused = PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await;
    assert!(matches!(refused, Err(OpenError::NoDirectUrl)));
}
