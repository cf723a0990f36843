//! `im_accounts`: what is known of users at an app of the IM cloud.

use std::collections::BTreeSet;

use hongbao_domain::{profile::ImAccountKey, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::ImAccountRow;
use sqlx::{PgConnection, query, query_as};

use super::statement::{Done, Rows, after, before, cannot, insert};

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
    insert!(tx, "im_accounts", "app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version", rows)
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<ImAccountRow>]) -> Done {
    let done = query!(
        "UPDATE im_accounts AS old
        SET token = new.token, secret_fingerprint = new.secret_fingerprint, registered_at = new.registered_at,
            is_stale = new.is_stale, version = new.version
        FROM json_populate_recordset(NULL::im_accounts, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::im_accounts, $2::TEXT::JSON) AS former USING (app_key, user_id)
        WHERE old.app_key = new.app_key AND old.user_id = new.user_id AND old.version = former.version",
        after(updates),
        before(updates)
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
