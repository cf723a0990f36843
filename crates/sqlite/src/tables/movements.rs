//! `movements`: deposits and withdrawals, which stay as they are.

use std::collections::BTreeSet;

use hongbao_domain::id::Reference;
use hongbao_store::rows::{MovementRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{Minor, json};

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<Reference>,
) -> Result<Vec<MovementRow>, sqlx::Error> {
    let rows = query_as!(
        MovementRow,
        r#"SELECT reference, direction, user_id, coin_id, amount AS "amount: Minor", moved_at
        FROM movements
        WHERE reference IN (SELECT value FROM json_each(?1))"#,
        json(keys.iter().map(Reference::as_str))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[MovementRow]) -> Done {
    let done = query!(
        "INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, MovementRow> {
    query_as!(
        MovementRow,
        r#"SELECT reference, direction, user_id, coin_id, amount AS "amount: Minor", moved_at
        FROM movements
        ORDER BY reference"#
    )
    .fetch(tx)
}
