//! `requests`: what callers may repeat.

use hongbao_ledger::rows::RequestRow;
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::json_rows;

/// Records requests. The step that ends one overwrites what its first step wrote.
pub(super) async fn record(tx: &mut SqliteConnection, rows: &[RequestRow]) -> Done {
    let rows = json_rows(rows);
    query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5, value ->> 6
        FROM json_each(?1)
        WHERE TRUE
        ON CONFLICT (user_id, method, request_key) DO UPDATE
        SET fingerprint = excluded.fingerprint, status = excluded.status, outcome = excluded.outcome",
        rows
    )
    .execute(tx)
    .await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, RequestRow> {
    query_as!(
        RequestRow,
        "SELECT user_id, method, request_key, fingerprint, status, outcome, recorded_at
        FROM requests
        ORDER BY user_id, method, request_key"
    )
    .fetch(tx)
}
