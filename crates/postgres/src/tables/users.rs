//! `users`: who exists, and our copy of how each shows.

use std::collections::BTreeSet;

use hongbao_domain::{id::UserId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::UserRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, cannot};
use crate::codec::column;

/// Locks and loads, always in the same order. What concerns several users is decided under the locks of all.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<UserId>) -> Result<Vec<UserRow>, Fault> {
    let keys: Vec<String> = keys.iter().map(UserId::to_string).collect();
    let rows = query_as!(
        UserRow,
        "SELECT id, is_active, takes_friend_requests, name, portrait_uri
        FROM users
        WHERE id = ANY($1)
        ORDER BY id
        FOR NO KEY UPDATE",
        &keys
    );
    rows.fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[UserRow]) -> Done {
    let done = query!(
        "INSERT INTO users (id, is_active, takes_friend_requests, name, portrait_uri)
        SELECT * FROM unnest($1::TEXT[], $2::BOOLEAN[], $3::BOOLEAN[], $4::TEXT[], $5::TEXT[])",
        &column(rows, |row| row.id.clone()),
        &column(rows, |row| row.is_active),
        &column(rows, |row| row.takes_friend_requests),
        &column(rows, |row| row.name.clone()),
        &column(rows, |row| row.portrait_uri.clone())
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<UserRow>]) -> Done {
    let done = query!(
        "UPDATE users AS old
        SET is_active = new.is_active, takes_friend_requests = new.takes_friend_requests, name = new.name,
            portrait_uri = new.portrait_uri
        FROM (
            SELECT unnest($1::TEXT[]) AS id, unnest($2::BOOLEAN[]) AS is_active,
                unnest($3::BOOLEAN[]) AS takes_friend_requests, unnest($4::TEXT[]) AS name,
                unnest($5::TEXT[]) AS portrait_uri, unnest($6::BOOLEAN[]) AS former_is_active,
                unnest($7::BOOLEAN[]) AS former_takes_friend_requests, unnest($8::TEXT[]) AS former_name,
                unnest($9::TEXT[]) AS former_portrait_uri
        ) AS new
        WHERE old.id = new.id AND old.is_active = new.former_is_active AND old.takes_friend_requests =
            new.former_takes_friend_requests AND old.name = new.former_name AND old.portrait_uri =
            new.former_portrait_uri",
        &column(updates, |row| row.after.id.clone()),
        &column(updates, |row| row.after.is_active),
        &column(updates, |row| row.after.takes_friend_requests),
        &column(updates, |row| row.after.name.clone()),
        &column(updates, |row| row.after.portrait_uri.clone()),
        &column(updates, |row| row.before.is_active),
        &column(updates, |row| row.before.takes_friend_requests),
        &column(updates, |row| row.before.name.clone()),
        &column(updates, |row| row.before.portrait_uri.clone())
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, UserRow> {
    query_as!(
        UserRow,
        "SELECT id, is_active, takes_friend_requests, name, portrait_uri
        FROM users
        ORDER BY id"
    )
    .fetch(tx)
}
