//! `im_accounts`: what is known of users at an app of the IM cloud.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use std::collections::BTreeSet;

use hongbao_domain::{profile::ImAccountKey, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::ImAccountRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<ImAccountKey>) -> Result<Vec<ImAccountRow>, Fault> {
    let apps: Vec<String> = keys.iter().map(|key| key.app_key.clone()).collect();
    let users: Vec<String> = keys.iter().map(|key| key.user.to_string()).collect();
    let rows = query_as!(
        ImAccountRow,
        "SELECT app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version
        FROM im_accounts
        WHERE (app_key, user_id) IN (SELECT * FROM unnest($1::TEXT[], $2::TEXT[]))
        ORDER BY app_key, user_id
        FOR NO KEY UPDATE",
        &apps,
        &users
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[ImAccountRow]) -> Done {
    let done = query!(
        "INSERT INTO im_accounts (app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::BIGINT[], $6::BOOLEAN[], $7::BIGINT[])",
        &column(rows, |row| row.app_key.clone()),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.token.clone()) as &[Option<String>],
        &column(rows, |row| row.secret_fingerprint.clone()) as &[Option<Vec<u8>>],
        &column(rows, |row| row.registered_at) as &[Option<i64>],
        &column(rows, |row| row.is_stale),
        &column(rows, |row| row.version)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<ImAccountRow>]) -> Done {
    let done = query!(
        "UPDATE im_accounts AS old
        SET token = new.token, secret_fingerprint = new.secret_fingerprint, registered_at = new.registered_at,
            is_stale = new.is_stale, version = new.version
        FROM (
            SELECT unnest($1::TEXT[]) AS app_key, unnest($2::TEXT[]) AS user_id, unnest($3::TEXT[]) AS token,
                unnest($4::BYTEA[]) AS secret_fingerprint, unnest($5::BIGINT[]) AS registered_at,
                unnest($6::BOOLEAN[]) AS is_stale, unnest($7::BIGINT[]) AS version,
                unnest($8::BIGINT[]) AS former_version
        ) AS new
        WHERE old.app_key = new.app_key AND old.user_id = new.user_id AND old.version = new.former_version",
        &column(updates, |row| row.after.app_key.clone()),
        &column(updates, |row| row.after.user_id.clone()),
        &column(updates, |row| row.after.token.clone()) as &[Option<String>],
        &column(updates, |row| row.after.secret_fingerprint.clone()) as &[Option<Vec<u8>>],
        &column(updates, |row| row.after.registered_at) as &[Option<i64>],
        &column(updates, |row| row.after.is_stale),
        &column(updates, |row| row.after.version),
        &column(updates, |row| row.before.version)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, ImAccountRow> {
    query_as!(
        ImAccountRow,
        "SELECT app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version
        FROM im_accounts
        ORDER BY app_key, user_id"
    )
    .fetch(tx)
}
