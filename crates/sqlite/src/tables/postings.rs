//! `postings`: the journal: appended, read for the audit, never changed.

use hongbao_store::rows::{PostingRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, Minor};

/// Appends postings. Each goes to a place in its holder's chain that must be free.
pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[PostingRow]) -> Done {
    let done = query!(
        "INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, unhex(value ->> 4), value ->> 5, value ->> 6,
            value ->> 7, value ->> 8
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

/// Reads postings, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::PostingRow,
            r#"SELECT holder, owner_id, coin_id, seq, command_id AS "command_id: Bits", cause, amount AS "amount: Minor",
                balance AS "balance: Minor", posted_at
            FROM postings "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, PostingRow> {
    select!("ORDER BY holder, owner_id, coin_id, seq").fetch(tx)
}
