//! `sessions`: who is logged in, by the SHA-256 of the key.

use std::collections::BTreeSet;

use hongbao_domain::{id::UserId, session::SessionDigest, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::{SessionRow, objects};
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, after, before, cannot, insert};

/// Locks and loads sessions by their keys, and all sessions of some users.
pub(super) async fn load(
    tx: &mut PgConnection,
    keys: &BTreeSet<SessionDigest>,
    users: &BTreeSet<UserId>,
) -> Result<Vec<SessionRow>, Fault> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.0.to_vec()).collect();
    let users: Vec<String> = users.iter().map(UserId::to_string).collect();
    let rows = query_as!(
        SessionRow,
        "SELECT key_sha256, user_id, created_at, expires_at
        FROM sessions
        WHERE key_sha256 = ANY($1) OR user_id = ANY($2)
        ORDER BY key_sha256
        FOR UPDATE",
        &keys,
        &users
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[SessionRow]) -> Done {
    insert!(tx, "sessions", "key_sha256, user_id, created_at, expires_at", rows)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<SessionRow>]) -> Done {
    let done = query!(
        "UPDATE sessions AS old
        SET user_id = new.user_id, created_at = new.created_at, expires_at = new.expires_at
        FROM json_populate_recordset(NULL::sessions, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::sessions, $2::TEXT::JSON) AS former USING (key_sha256)
        WHERE old.key_sha256 = new.key_sha256 AND old.user_id = former.user_id
            AND old.created_at = former.created_at AND old.expires_at = former.expires_at",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[SessionRow]) -> Done {
    let done = query!(
        "DELETE FROM sessions AS s
        USING json_populate_recordset(NULL::sessions, $1::TEXT::JSON) AS old
        WHERE s.key_sha256 = old.key_sha256",
        objects(rows)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, SessionRow> {
    query_as!(SessionRow, "SELECT key_sha256, user_id, created_at, expires_at FROM sessions ORDER BY key_sha256")
        .fetch(tx)
}
