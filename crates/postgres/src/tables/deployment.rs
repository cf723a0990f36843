//! `deployment`: what the store is for.

use hongbao_store::rows::DeploymentRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

pub(super) async fn insert(tx: &mut PgConnection, rows: &[DeploymentRow]) -> Done {
    let kinds = column(rows, |row| row.kind.clone());
    let done = query!("INSERT INTO deployment (one, kind) SELECT 1, kind FROM unnest($1::TEXT[]) AS kind", &kinds);
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, DeploymentRow> {
    query_as!(DeploymentRow, "SELECT kind FROM deployment").fetch(tx)
}
