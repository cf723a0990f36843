//! `movements`: deposits and withdrawals, which stay as they are.

use std::collections::BTreeSet;

use hongbao_domain::id::Reference;
use hongbao_ports::Fault;
use hongbao_store::rows::MovementRow;
use sqlx::{PgConnection, query_as};

use super::statement::{Rows, cannot};
use crate::codec::Minor;

/// Loads movements. What was made since has the unique key.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<Reference>) -> Result<Vec<MovementRow>, Fault> {
    let keys: Vec<String> = keys.iter().map(Reference::to_string).collect();
    let rows = query_as!(
        MovementRow,
        r#"SELECT reference, direction, user_id, coin_id, amount AS "amount: Minor", moved_at
        FROM movements
        WHERE reference = ANY($1)"#,
        &keys
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, MovementRow> {
    query_as!(
        MovementRow,
        r#"SELECT reference, direction, user_id, coin_id, amount AS "amount: Minor", moved_at
        FROM movements
        ORDER BY reference"#
    )
    .fetch(tx)
}
