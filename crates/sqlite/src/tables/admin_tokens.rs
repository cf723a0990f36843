//! `admin_tokens`: which tokens administrators have.

use std::collections::BTreeSet;

use hongbao_domain::{id::AdminTokenId, store::Update};
use hongbao_store::rows::{AdminTokenRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::AdminTokenRow,
            r#"SELECT id AS "id: Bits", name, digest, scopes, created_at, expires_at, revoked_at, last_used_at, version
            FROM admin_tokens "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<AdminTokenId>,
) -> Result<Vec<AdminTokenRow>, sqlx::Error> {
    let keys = json(keys.iter().map(|id| hex(id.to_u128())));
    select!("WHERE id IN (SELECT unhex(value) FROM json_each(?1))", keys).fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[AdminTokenRow]) -> Done {
    let done = query!(
        "INSERT INTO admin_tokens (id, name, digest, scopes, created_at, expires_at, revoked_at, last_used_at, version)
        SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2, '\\x'), value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, value ->> 8
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<AdminTokenRow>]) -> Done {
    let done = query!(
        "UPDATE admin_tokens
        SET revoked_at = new.value ->> '$[0][6]', last_used_at = new.value ->> '$[0][7]', version = new.value ->> '$[0][8]'
        FROM json_each(?1) AS new
        WHERE admin_tokens.id = unhex(new.value ->> '$[1][0]') AND admin_tokens.version = new.value ->> '$[1][8]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, AdminTokenRow> {
    select!("ORDER BY id").fetch(tx)
}
