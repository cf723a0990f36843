//! The schema: made once, whichever process makes it, and refused if it is not whole.

use std::{error::Error, sync::Arc};

use hongbao_ports::{Readiness, Schema};
use hongbao_postgres::{MigrateError, OpenError, PostgresStore, Settings, Time};
use hongbao_testbed::{Database, Server};
use hongbao_testkit::SeqIds;
use tokio::task::JoinSet;

use crate::test_db::database;

/// An empty database.
async fn empty() -> Database {
    let server = Server::shared().expect("PostgreSQL is installed");
    server.fresh_database("hongbao_empty", async |_url| {}).await.expect("the test gets a database")
}

async fn open(database: &Database) -> Result<PostgresStore, OpenError> {
    let settings = Settings { migrate: false, ..Settings::new(database.url()) };
    PostgresStore::open(&settings, Time::Database, Arc::new(SeqIds::new())).await
}

fn refusal(opened: Result<PostgresStore, OpenError>) -> MigrateError {
    match opened {
        Err(OpenError::Migrate(error)) => error,
        Err(error) => panic!("it is refused for another reason: {error:?}"),
        Ok(_) => panic!("it is not refused"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_who_migrate_at_once_do_it_once() {
    let database = empty().await;
    let mut servers = JoinSet::new();
    for _ in 0..10 {
        let settings = Settings::new(database.url());
        servers.spawn(async move { hongbao_postgres::migrate(&settings).await.unwrap() });
    }

    let applied: Vec<_> = servers.join_all().await.into_iter().filter(|applied| !applied.is_empty()).collect();

    assert_eq!(applied.len(), 1, "one has something to do: {applied:?}");
    let rows = "SELECT count(*), count(DISTINCT version), bool_and(success) FROM _sqlx_migrations";
    assert_eq!(database.psql(rows).unwrap(), format!("{0}|{0}|t", applied[0].len()));
    assert_eq!(open(&database).await.unwrap().schema().await.unwrap(), Schema::Current);
}

#[tokio::test]
async fn an_empty_database_is_refused_with_what_it_lacks() {
    let database = empty().await;

    let error = refusal(open(&database).await);

    let MigrateError::Missing(names) = &error else { panic!("{error:?}") };
    assert_eq!(names[0], "0001_people");
    assert!(error.to_string().contains("0001_people, 0002_ledger"), "{error}");
    assert_eq!(database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").unwrap(), "0");
}

#[tokio::test]
async fn a_newer_schema_is_used_by_servers_that_are_about_to_be_replaced() {
    let database = database(&Server::shared().unwrap()).await;
    database.psql("INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), true, '', 0)").unwrap();

    assert_eq!(open(&database).await.unwrap().schema().await.unwrap(), Schema::Current);
    database.psql("DELETE FROM _sqlx_migrations WHERE version = 6").unwrap();
    assert!(matches!(refusal(open(&database).await), MigrateError::Missing(_)), "it does not db for another");
}

#[tokio::test]
async fn a_schema_that_was_left_in_the_middle_is_refused() {
    let database = database(&Server::shared().unwrap()).await;
    let store = open(&database).await.unwrap();
    database.psql("UPDATE _sqlx_migrations SET success = false WHERE version = 2").unwrap();

    for error in
        [refusal(open(&database).await), hongbao_postgres::migrate(&Settings::new(database.url())).await.unwrap_err()]
    {
        let source = error.source().expect("it says why").to_string();
        assert!(source.contains('2') && source.contains("partially applied"), "{source}");
    }
    assert!(store.schema().await.is_err(), "and a store that is open is not ready");
}

#[tokio::test]
async fn a_schema_from_another_text_is_refused() {
    let database = database(&Server::shared().unwrap()).await;
    database.psql("UPDATE _sqlx_migrations SET checksum = 'other' WHERE version = 2").unwrap();

    for error in
        [refusal(open(&database).await), hongbao_postgres::migrate(&Settings::new(database.url())).await.unwrap_err()]
    {
        assert!(error.source().expect("it says why").to_string().contains("has been modified"), "{error:?}");
    }
}
