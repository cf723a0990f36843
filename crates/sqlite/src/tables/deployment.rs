//! `deployment`: what the store is for.

use hongbao_store::rows::DeploymentRow;
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::json_rows;

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[DeploymentRow]) -> Done {
    let rows = json_rows(rows);
    query!("INSERT INTO deployment (one, kind) SELECT 1, value ->> 0 FROM json_each(?1)", rows).execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, DeploymentRow> {
    query_as!(DeploymentRow, "SELECT kind FROM deployment").fetch(tx)
}
