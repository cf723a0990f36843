//! `blocks`: who does not want to be added by whom.

use hongbao_store::rows::BlockRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

pub(super) async fn insert(tx: &mut PgConnection, rows: &[BlockRow]) -> Done {
    let done = query!(
        "INSERT INTO blocks (user_id, blocked_id)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[])",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.blocked_id.clone())
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[BlockRow]) -> Done {
    let done = query!(
        "DELETE FROM blocks AS b
        USING unnest($1::TEXT[], $2::TEXT[]) AS row (user_id, blocked_id)
        WHERE b.user_id = row.user_id AND b.blocked_id = row.blocked_id",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.blocked_id.clone())
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, BlockRow> {
    query_as!(
        BlockRow,
        "SELECT user_id, blocked_id
        FROM blocks
        ORDER BY user_id, blocked_id"
    )
    .fetch(tx)
}
