//! `requests`: what callers may repeat under a key.

use std::collections::BTreeSet;

use hongbao_domain::store::{RequestName, Update};
use hongbao_ports::Fault;
use hongbao_store::rows::{RequestRow, objects};
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, after, before, cannot, insert};

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
    insert!(
        tx,
        "requests",
        "user_id, method, request_key, fingerprint, status, outcome, work, lease_until, recorded_at",
        rows
    )
}

/// A request that is final never changes again, so the work that ran is guard enough. One that was forgotten and begun anew
/// in the same batch may have another fingerprint.
pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<RequestRow>]) -> Done {
    let done = query!(
        "UPDATE requests AS old
        SET fingerprint = new.fingerprint, status = new.status, outcome = new.outcome, work = new.work,
            lease_until = new.lease_until, recorded_at = new.recorded_at
        FROM json_populate_recordset(NULL::requests, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::requests, $2::TEXT::JSON) AS former USING (user_id, method, request_key)
        WHERE old.user_id = new.user_id AND old.method = new.method AND old.request_key = new.request_key
            AND old.work = former.work",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

/// Forgets requests of which nothing is left.
pub(super) async fn delete(tx: &mut PgConnection, rows: &[RequestRow]) -> Done {
    let done = query!(
        "DELETE FROM requests AS r
        USING json_populate_recordset(NULL::requests, $1::TEXT::JSON) AS old
        WHERE r.user_id = old.user_id AND r.method = old.method AND r.request_key = old.request_key AND r.work = old.work",
        objects(rows)
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
