//! `blocks`: who does not want to be added by whom.

use hongbao_store::rows::{BlockRow, objects};
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot, insert};

pub(super) async fn insert(tx: &mut PgConnection, rows: &[BlockRow]) -> Done {
    insert!(tx, "blocks", "user_id, blocked_id", rows)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[BlockRow]) -> Done {
    let done = query!(
        "DELETE FROM blocks AS b
        USING json_populate_recordset(NULL::blocks, $1::TEXT::JSON) AS old
        WHERE b.user_id = old.user_id AND b.blocked_id = old.blocked_id",
        objects(rows)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, BlockRow> {
    query_as!(BlockRow, "SELECT user_id, blocked_id FROM blocks ORDER BY user_id, blocked_id").fetch(tx)
}
