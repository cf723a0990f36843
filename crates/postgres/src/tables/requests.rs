//! `requests`: what callers may repeat under a key.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use std::collections::BTreeSet;

use hongbao_domain::store::{RequestName, Update};
use hongbao_ports::Fault;
use hongbao_store::rows::RequestRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::{column, narrow_some};

/// Locks and loads requests.
pub(super) async fn load(tx: &mut PgConnection, names: &BTreeSet<RequestName>) -> Result<Vec<RequestRow>, Fault> {
    let users: Vec<String> = names.iter().map(|name| name.user.to_string()).collect();
    let methods: Vec<String> = names.iter().map(|name| name.method.to_string()).collect();
    let keys: Vec<String> = names.iter().map(|name| name.key.to_string()).collect();
    let rows = query_as!(
        RequestRow,
        r#"SELECT r.user_id, r.method, r.request_key, r.fingerprint, r.status::BIGINT AS status, r.outcome, r.work,
            r.lease_until, r.recorded_at
        FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[]) AS k (user_id, method, request_key)
        JOIN requests AS r ON r.user_id = k.user_id AND r.method = k.method AND r.request_key = k.request_key
        ORDER BY r.user_id, r.method, r.request_key
        FOR NO KEY UPDATE OF r"#,
        &users,
        &methods,
        &keys
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[RequestRow]) -> Done {
    let done = query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at)
        SELECT *
        FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::SMALLINT[], $6::TEXT[], $7::TEXT[], $8::BIGINT[],
            $9::BIGINT[])",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.method.clone()),
        &column(rows, |row| row.request_key.clone()),
        &column(rows, |row| row.fingerprint.clone()),
        &narrow_some(rows, |row| row.status)? as &[Option<i16>],
        &column(rows, |row| row.outcome.clone()) as &[Option<String>],
        &column(rows, |row| row.work.clone()) as &[Option<String>],
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &column(rows, |row| row.recorded_at)
    );
    done.execute(tx).await.map_err(cannot)
}

/// A request that is final never changes again, so the work that ran is guard enough. One that was forgotten and begun anew
/// in the same batch may have another fingerprint.
pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<RequestRow>]) -> Done {
    let done = query!(
        "UPDATE requests AS old
        SET fingerprint = new.fingerprint, status = new.status, outcome = new.outcome, work = new.work, lease_until = new.lease_until,
            recorded_at = new.recorded_at
        FROM (
            SELECT unnest($1::TEXT[]) AS user_id, unnest($2::TEXT[]) AS method, unnest($3::TEXT[]) AS request_key,
                unnest($4::SMALLINT[]) AS status, unnest($5::TEXT[]) AS outcome, unnest($6::TEXT[]) AS work,
                unnest($7::BIGINT[]) AS lease_until, unnest($8::BIGINT[]) AS recorded_at, unnest($9::TEXT[]) AS former_work,
                unnest($10::BYTEA[]) AS fingerprint
        ) AS new
        WHERE old.user_id = new.user_id AND old.method = new.method AND old.request_key = new.request_key
            AND old.work = new.former_work",
        &column(updates, |row| row.after.user_id.clone()),
        &column(updates, |row| row.after.method.clone()),
        &column(updates, |row| row.after.request_key.clone()),
        &narrow_some(updates, |row| row.after.status)? as &[Option<i16>],
        &column(updates, |row| row.after.outcome.clone()) as &[Option<String>],
        &column(updates, |row| row.after.work.clone()) as &[Option<String>],
        &column(updates, |row| row.after.lease_until) as &[Option<i64>],
        &column(updates, |row| row.after.recorded_at),
        &column(updates, |row| row.before.work.clone()) as &[Option<String>],
        &column(updates, |row| row.after.fingerprint.clone())
    );
    done.execute(tx).await.map_err(cannot)
}

/// Forgets requests of which nothing is left.
pub(super) async fn delete(tx: &mut PgConnection, rows: &[RequestRow]) -> Done {
    let done = query!(
        "DELETE FROM requests AS r
        USING unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[]) AS old (user_id, method, request_key, work)
        WHERE r.user_id = old.user_id AND r.method = old.method AND r.request_key = old.request_key AND r.work = old.work",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.method.clone()),
        &column(rows, |row| row.request_key.clone()),
        &column(rows, |row| row.work.clone()) as &[Option<String>]
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, RequestRow> {
    query_as!(
        RequestRow,
        "SELECT user_id, method, request_key, fingerprint, status::BIGINT AS status, outcome, work, lease_until, recorded_at
        FROM requests
        ORDER BY user_id, method, request_key"
    )
    .fetch(tx)
}
