//! `accounts`: what users own.

use std::collections::BTreeSet;

use hongbao_domain::ledger::AccountKey;
use hongbao_ports::Fault;
use hongbao_store::rows::AccountRow;
use sqlx::PgConnection;

use super::statement::{Rows, cannot};
use crate::codec::Minor;

/// Reads accounts with the scale of their coin, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::AccountRow,
            r#"SELECT a.user_id, a.coin_id, a.balance AS "balance: Minor", a.held AS "held: Minor", a.version, a.changed_at,
                c.scale
            FROM accounts AS a
            JOIN coins AS c ON c.id = a.coin_id "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<AccountKey>) -> Result<Vec<AccountRow>, Fault> {
    let users: Vec<String> = keys.iter().map(|key| key.user.to_string()).collect();
    let coins: Vec<String> = keys.iter().map(|key| key.coin.to_string()).collect();
    let rows = select!(
        "WHERE (a.user_id, a.coin_id) IN (SELECT * FROM unnest($1::TEXT[], $2::TEXT[]))
        ORDER BY a.user_id, a.coin_id
        FOR NO KEY UPDATE OF a",
        &users,
        &coins
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, AccountRow> {
    select!("ORDER BY a.user_id, a.coin_id").fetch(tx)
}
