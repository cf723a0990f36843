//! What the list of tables must say of this schema.

use std::collections::BTreeSet;

use hongbao_store::archive::LEFT_BEHIND;

use super::*;

#[tokio::test]
async fn every_table_and_column_is_moved_or_left_behind_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/hongbao.db", folder.path().display());
    let mut archive = SqliteArchive::open_or_make(&url).await.unwrap();
    let found = sqlx::query!(
        r#"SELECT t.name AS "table_name!: String", c.name || '' AS "column_name!: String"
        FROM sqlite_master AS t
        JOIN pragma_table_info(t.name) AS c
        WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*'"#
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
