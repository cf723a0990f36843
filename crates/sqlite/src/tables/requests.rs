//! `requests`: what callers may repeat under a key.

use std::collections::BTreeSet;

use hongbao_domain::store::{RequestName, Update};
use hongbao_store::rows::{RequestRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{json, json_updates};

pub(super) async fn load(
    tx: &mut SqliteConnection,
    names: &BTreeSet<RequestName>,
) -> Result<Vec<RequestRow>, sqlx::Error> {
    let rows = query_as!(
        RequestRow,
        "SELECT r.user_id, r.method, r.request_key, r.fingerprint, r.status, r.outcome, r.work, r.lease_until, r.recorded_at
        FROM json_each(?1) AS k
        CROSS JOIN requests AS r
            ON r.user_id = k.value ->> 0 AND r.method = k.value ->> 1 AND r.request_key = k.value ->> 2",
        json(names.iter().map(|name| [name.user.to_string(), name.method.to_string(), name.key.to_string()]))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[RequestRow]) -> Done {
    let done = query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, unhex(value ->> 3, '\\x'), value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, value ->> 8
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

/// A request that is final never changes again, so the work that ran is guard enough. One that was forgotten and begun anew
/// in the same batch may have another fingerprint.
pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<RequestRow>]) -> Done {
    let done = query!(
        "UPDATE requests
        SET fingerprint = unhex(new.value ->> '$[0][3]', '\\x'), status = new.value ->> '$[0][4]',
            outcome = new.value ->> '$[0][5]', work = new.value ->> '$[0][6]', lease_until = new.value ->> '$[0][7]',
            recorded_at = new.value ->> '$[0][8]'
        FROM json_each(?1) AS new
        WHERE requests.user_id = new.value ->> '$[1][0]' AND requests.method = new.value ->> '$[1][1]'
            AND requests.request_key = new.value ->> '$[1][2]' AND requests.work = new.value ->> '$[1][6]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

/// Forgets requests of which nothing is left.
pub(super) async fn delete(tx: &mut SqliteConnection, rows: &[RequestRow]) -> Done {
    let done = query!(
        "DELETE FROM requests
        WHERE (user_id, method, request_key, work) IN (
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 6 FROM json_each(?1)
        )",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, RequestRow> {
    query_as!(
        RequestRow,
        "SELECT user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at
        FROM requests
        ORDER BY user_id, method, request_key"
    )
    .fetch(tx)
}
