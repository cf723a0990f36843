//! `postings`: the journal.

use hongbao_store::rows::PostingRow;
use sqlx::PgConnection;

use super::statement::Rows;
use crate::codec::{Bits, Minor};

/// Reads postings, from where the rest of the statement says.
macro_rules! select {
    ($from:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::PostingRow,
            r#"SELECT p.holder, p.owner_id, p.coin_id, p.seq, p.command_id AS "command_id: Bits", p.cause,
                p.amount AS "amount: Minor", p.balance AS "balance: Minor", p.posted_at
            FROM "# + $from
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, PostingRow> {
    select!("postings AS p ORDER BY p.holder, p.owner_id, p.coin_id, p.seq").fetch(tx)
}
