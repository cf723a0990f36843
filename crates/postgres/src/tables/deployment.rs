//! `deployment`: what the store is for.

use hongbao_store::rows::{DeploymentRow, objects};
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};

pub(super) async fn insert(tx: &mut PgConnection, rows: &[DeploymentRow]) -> Done {
    let done = query!(
        "INSERT INTO deployment (one, kind)
        SELECT 1, kind FROM json_populate_recordset(NULL::deployment, $1::TEXT::JSON)",
        objects(rows)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, DeploymentRow> {
    query_as!(DeploymentRow, "SELECT kind FROM deployment").fetch(tx)
}
