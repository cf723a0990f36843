//! What the list of tables must say of this schema, and who is waited for.

use std::{collections::BTreeSet, str::FromStr};

use hongbao_store::archive::LEFT_BEHIND;

use sqlx::{Connection, postgres::PgConnectOptions};

use super::*;
use crate::testing::database;

#[tokio::test]
async fn every_table_and_column_is_moved_or_left_behind_on_purpose() {
    let database = hongbao_testbed::fresh_database("transfer_nothing", async |_| ()).await.unwrap();
    let mut archive = PostgresArchive::open_or_make(&database.url()).await.unwrap();
    let found = sqlx::query!(
        r#"SELECT t.table_name AS "table_name!", c.column_name AS "column_name!"
        FROM information_schema.tables AS t
        JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
        WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"#
    )
    .fetch_all(&mut *archive.tx)
    .await
    .unwrap();

    let found = found.into_iter().map(|row| (row.table_name, row.column_name));
    let found: BTreeSet<_> = found.filter(|(table, _)| !LEFT_BEHIND.contains(&table.as_str())).collect();
    let listed = Table::ALL.iter().flat_map(|table| table.columns().iter().map(|column| (*table, *column)));
    let mut listed: BTreeSet<_> =
        listed.map(|(table, column)| (table.as_str().to_owned(), column.to_owned())).collect();
    // One row of a friendship is both of the table's; the key of the only mark is always 1.
    listed.remove(&("friendships".to_owned(), "since_of_friend".to_owned()));
    listed.insert(("deployment".to_owned(), "one".to_owned()));
    assert_eq!(found, listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_just_ending_is_waited_for() {
    let database = database().await;
    let options = PgConnectOptions::from_str(&database.url()).unwrap().application_name("hongbao");
    let server = PgConnection::connect_with(&options).await.unwrap();
    let url = database.url();
    let opening = tokio::spawn(async move { PostgresArchive::open(&url).await.is_ok() });
    let has_looked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND application_name = 'hongbao transfer-store' AND query LIKE '%hongbao - %'";
    assert!((0..1_000).any(|_| database.psql(has_looked).unwrap() == "1"));

    server.close().await.unwrap();

    assert!(opening.await.unwrap());
}
