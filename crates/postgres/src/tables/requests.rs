//! `requests`: what callers may repeat.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use hongbao_ledger::rows::RequestRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::{column, narrow_some};

/// Records requests. The step that ends one overwrites what its first step wrote.
pub(super) async fn record(tx: &mut PgConnection, rows: &[RequestRow]) -> Done {
    let done = query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::SMALLINT[], $6::TEXT[], $7::BIGINT[])
        ON CONFLICT (user_id, method, request_key) DO UPDATE
        SET fingerprint = excluded.fingerprint, status = excluded.status, outcome = excluded.outcome",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.method.clone()),
        &column(rows, |row| row.request_key.clone()),
        &column(rows, |row| row.fingerprint.clone()),
        &narrow_some(rows, |row| row.status)? as &[Option<i16>],
        &column(rows, |row| row.outcome.clone()) as &[Option<String>],
        &column(rows, |row| row.recorded_at)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, RequestRow> {
    query_as!(
        RequestRow,
        "SELECT user_id, method, request_key, fingerprint, status::BIGINT AS status, outcome, recorded_at
        FROM requests
        ORDER BY user_id, method, request_key"
    )
    .fetch(tx)
}
