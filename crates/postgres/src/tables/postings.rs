//! `postings`: the journal.

use hongbao_store::rows::PostingRow;
use sqlx::{PgConnection, query_as};

use super::statement::Rows;
use crate::codec::{Bits, Minor};

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, PostingRow> {
    query_as!(
        PostingRow,
        r#"SELECT holder, owner_id, coin_id, seq, command_id AS "command_id: Bits", cause, amount AS "amount: Minor",
            balance AS "balance: Minor", posted_at
        FROM postings
        ORDER BY holder, owner_id, coin_id, seq"#
    )
    .fetch(tx)
}
