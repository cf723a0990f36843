//! `im_accounts`: what is known of users at an app of the IM cloud.

use std::collections::BTreeSet;

use hongbao_domain::{profile::ImAccountKey, store::Update};
use hongbao_store::rows::{ImAccountRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{json, json_updates};

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<ImAccountKey>,
) -> Result<Vec<ImAccountRow>, sqlx::Error> {
    let rows = query_as!(
        ImAccountRow,
        r#"SELECT a.app_key, a.user_id, a.token, a.secret_fingerprint, a.registered_at, a.is_stale AS "is_stale: bool",
            a.version
        FROM json_each(?1) AS k
        CROSS JOIN im_accounts AS a ON a.app_key = k.value ->> 0 AND a.user_id = k.value ->> 1"#,
        json(keys.iter().map(|key| (&key.app_key, key.user.to_string())))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[ImAccountRow]) -> Done {
    let done = query!(
        "INSERT INTO im_accounts (app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version)
        SELECT value ->> 0, value ->> 1, value ->> 2, unhex(value ->> 3, '\\x'), value ->> 4, value ->> 5, value ->> 6
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<ImAccountRow>]) -> Done {
    let done = query!(
        "UPDATE im_accounts
        SET token = new.value ->> '$[0][2]', secret_fingerprint = unhex(new.value ->> '$[0][3]', '\\x'),
            registered_at = new.value ->> '$[0][4]', is_stale = new.value ->> '$[0][5]', version = new.value ->> '$[0][6]'
        FROM json_each(?1) AS new
        WHERE im_accounts.app_key = new.value ->> '$[1][0]' AND im_accounts.user_id = new.value ->> '$[1][1]'
            AND im_accounts.version = new.value ->> '$[1][6]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, ImAccountRow> {
    query_as!(
        ImAccountRow,
        r#"SELECT app_key, user_id, token, secret_fingerprint, registered_at, is_stale AS "is_stale: bool", version
        FROM im_accounts
        ORDER BY app_key, user_id"#
    )
    .fetch(tx)
}
