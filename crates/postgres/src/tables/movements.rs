//! `movements`: deposits and withdrawals, which stay as they are.

use std::collections::BTreeSet;

use hongbao_domain::id::Reference;
use hongbao_ports::Fault;
use hongbao_store::rows::MovementRow;
use sqlx::PgConnection;

use super::statement::{Rows, cannot};
use crate::codec::Minor;

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::MovementRow,
            r#"SELECT reference, direction, user_id, coin_id, amount AS "amount: Minor", moved_at FROM movements "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Loads movements. What was made since has the unique key.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<Reference>) -> Result<Vec<MovementRow>, Fault> {
    let keys: Vec<String> = keys.iter().map(Reference::to_string).collect();
    select!("WHERE reference = ANY($1)", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, MovementRow> {
    select!("ORDER BY reference").fetch(tx)
}
