//! `users`: who exists, and our copy of how each shows.

use std::collections::BTreeSet;

use hongbao_domain::{id::UserId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::UserRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, after, before, cannot, insert};

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
    insert!(tx, "users", "id, is_active, takes_friend_requests, name, portrait_uri", rows)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<UserRow>]) -> Done {
    let done = query!(
        "UPDATE users AS old
        SET is_active = new.is_active, takes_friend_requests = new.takes_friend_requests, name = new.name,
            portrait_uri = new.portrait_uri
        FROM json_populate_recordset(NULL::users, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::users, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.is_active = former.is_active AND old.name = former.name
            AND old.takes_friend_requests = former.takes_friend_requests AND old.portrait_uri = former.portrait_uri",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, UserRow> {
    query_as!(UserRow, "SELECT id, is_active, takes_friend_requests, name, portrait_uri FROM users ORDER BY id")
        .fetch(tx)
}
