//! `users`: who exists, and our copy of how each shows.

use std::collections::BTreeSet;

use hongbao_domain::{id::UserId, store::Update};
use hongbao_store::rows::{UserRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{json, json_updates};

pub(super) async fn load(tx: &mut SqliteConnection, keys: &BTreeSet<UserId>) -> Result<Vec<UserRow>, sqlx::Error> {
    let rows = query_as!(
        UserRow,
        r#"SELECT id, is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool", name,
            portrait_uri
        FROM users
        WHERE id IN (SELECT value FROM json_each(?1))"#,
        json(keys.iter().map(UserId::as_str))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[UserRow]) -> Done {
    let done = query!(
        "INSERT INTO users (id, is_active, takes_friend_requests, name, portrait_uri)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<UserRow>]) -> Done {
    let done = query!(
        "UPDATE users
        SET is_active = new.value ->> '$[0][1]', takes_friend_requests = new.value ->> '$[0][2]',
            name = new.value ->> '$[0][3]', portrait_uri = new.value ->> '$[0][4]'
        FROM json_each(?1) AS new
        WHERE users.id = new.value ->> '$[1][0]'
            AND users.is_active = new.value ->> '$[1][1]' AND users.takes_friend_requests = new.value ->> '$[1][2]'
            AND users.name = new.value ->> '$[1][3]' AND users.portrait_uri = new.value ->> '$[1][4]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, UserRow> {
    query_as!(
        UserRow,
        r#"SELECT id, is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool", name,
            portrait_uri
        FROM users
        ORDER BY id"#
    )
    .fetch(tx)
}
