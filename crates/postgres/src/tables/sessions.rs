//! `sessions`: who is logged in, by the SHA-256 of the key.

use std::collections::BTreeSet;

use hongbao_domain::{id::UserId, session::SessionDigest, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::SessionRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

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
    let done = query!(
        "INSERT INTO sessions (key_sha256, user_id, created_at, expires_at)
        SELECT * FROM unnest($1::BYTEA[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[])",
        &column(rows, |row| row.key_sha256.clone()),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.created_at),
        &column(rows, |row| row.expires_at)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<SessionRow>]) -> Done {
    let done = query!(
        "UPDATE sessions AS old
        SET user_id = new.user_id, created_at = new.created_at, expires_at = new.expires_at
        FROM (
            SELECT unnest($1::BYTEA[]) AS key_sha256, unnest($2::TEXT[]) AS user_id,
                unnest($3::BIGINT[]) AS created_at, unnest($4::BIGINT[]) AS expires_at,
                unnest($5::TEXT[]) AS former_user_id, unnest($6::BIGINT[]) AS former_created_at,
                unnest($7::BIGINT[]) AS former_expires_at
        ) AS new
        WHERE old.key_sha256 = new.key_sha256 AND old.user_id = new.former_user_id AND old.created_at =
            new.former_created_at AND old.expires_at = new.former_expires_at",
        &column(updates, |row| row.after.key_sha256.clone()),
        &column(updates, |row| row.after.user_id.clone()),
        &column(updates, |row| row.after.created_at),
        &column(updates, |row| row.after.expires_at),
        &column(updates, |row| row.before.user_id.clone()),
        &column(updates, |row| row.before.created_at),
        &column(updates, |row| row.before.expires_at)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[SessionRow]) -> Done {
    let keys = column(rows, |row| row.key_sha256.clone());
    query!("DELETE FROM sessions WHERE key_sha256 = ANY($1)", &keys).execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, SessionRow> {
    query_as!(
        SessionRow,
        "SELECT key_sha256, user_id, created_at, expires_at
        FROM sessions
        ORDER BY key_sha256"
    )
    .fetch(tx)
}
