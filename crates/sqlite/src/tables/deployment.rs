//! `deployment`: what the store is for.

use hongbao_store::rows::{DeploymentRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[DeploymentRow]) -> Done {
    let done = query!("INSERT INTO deployment (one, kind) SELECT 1, value ->> 0 FROM json_each(?1)", lists(rows));
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, DeploymentRow> {
    query_as!(DeploymentRow, "SELECT kind FROM deployment").fetch(tx)
}
