//! `blocks`: who does not want to be added by whom.

use std::collections::BTreeSet;

use hongbao_domain::friend::Block;
use hongbao_store::rows::{BlockRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::json;

pub(super) async fn load(tx: &mut SqliteConnection, keys: &BTreeSet<Block>) -> Result<Vec<BlockRow>, sqlx::Error> {
    let rows = query_as!(
        BlockRow,
        "SELECT b.user_id, b.blocked_id
        FROM json_each(?1) AS k
        CROSS JOIN blocks AS b ON b.user_id = k.value ->> 0 AND b.blocked_id = k.value ->> 1",
        json(keys.iter().map(|block| [block.user.to_string(), block.blocked.to_string()]))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[BlockRow]) -> Done {
    let done = query!(
        "INSERT INTO blocks (user_id, blocked_id) SELECT value ->> 0, value ->> 1 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn delete(tx: &mut SqliteConnection, rows: &[BlockRow]) -> Done {
    let done = query!(
        "DELETE FROM blocks
        WHERE (user_id, blocked_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, BlockRow> {
    query_as!(BlockRow, "SELECT user_id, blocked_id FROM blocks ORDER BY user_id, blocked_id").fetch(tx)
}
