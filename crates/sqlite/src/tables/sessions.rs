//! `sessions`: who is logged in, by the SHA-256 of the key.

use std::collections::BTreeSet;

use hongbao_domain::{id::UserId, session::SessionDigest, store::Update};
use hongbao_store::rows::{SessionRow, hex_of, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{json, json_updates};

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<SessionDigest>,
) -> Result<Vec<SessionRow>, sqlx::Error> {
    let rows = query_as!(
        SessionRow,
        "SELECT key_sha256, user_id, created_at, expires_at
        FROM sessions
        WHERE key_sha256 IN (SELECT unhex(value) FROM json_each(?1))",
        json(keys.iter().map(|key| hex_of(&key.0)))
    );
    rows.fetch_all(tx).await
}

/// Loads all sessions of some users.
pub(super) async fn load_of(
    tx: &mut SqliteConnection,
    users: &BTreeSet<UserId>,
) -> Result<Vec<SessionRow>, sqlx::Error> {
    let users = json(users.iter().map(UserId::as_str));
    query_as!(
        SessionRow,
        "SELECT key_sha256, user_id, created_at, expires_at
        FROM sessions
        WHERE user_id IN (SELECT value FROM json_each(?1))",
        users
    )
    .fetch_all(tx)
    .await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[SessionRow]) -> Done {
    let done = query!(
        "INSERT INTO sessions (key_sha256, user_id, created_at, expires_at)
        SELECT unhex(value ->> 0, '\\x'), value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<SessionRow>]) -> Done {
    let done = query!(
        "UPDATE sessions
        SET user_id = new.value ->> '$[0][1]', created_at = new.value ->> '$[0][2]', expires_at = new.value ->> '$[0][3]'
        FROM json_each(?1) AS new
        WHERE sessions.key_sha256 = unhex(new.value ->> '$[1][0]', '\\x') AND sessions.user_id = new.value ->> '$[1][1]'
            AND sessions.created_at = new.value ->> '$[1][2]' AND sessions.expires_at = new.value ->> '$[1][3]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) async fn delete(tx: &mut SqliteConnection, rows: &[SessionRow]) -> Done {
    let done = query!(
        "DELETE FROM sessions WHERE key_sha256 IN (SELECT unhex(value ->> 0, '\\x') FROM json_each(?1))",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, SessionRow> {
    query_as!(SessionRow, "SELECT key_sha256, user_id, created_at, expires_at FROM sessions ORDER BY key_sha256")
        .fetch(tx)
}
