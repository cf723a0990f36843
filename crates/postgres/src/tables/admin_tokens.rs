//! `admin_tokens`: which tokens administrators have.

use std::collections::BTreeSet;

use hongbao_domain::{id::AdminTokenId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::AdminTokenRow;
use sqlx::{PgConnection, query};
use uuid::Uuid;

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::{Bits, uuid};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::AdminTokenRow,
            r#"SELECT id AS "id: Bits", name, digest, scopes, created_at, expires_at, revoked_at, last_used_at,
                version
            FROM admin_tokens "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<AdminTokenId>) -> Result<Vec<AdminTokenRow>, Fault> {
    let keys: Vec<Uuid> = keys.iter().map(|id| uuid(id.to_u128())).collect();
    select!("WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[AdminTokenRow]) -> Done {
    insert!(
        tx,
        "admin_tokens",
        "id, name, digest, scopes, created_at, expires_at, revoked_at, last_used_at, version",
        rows
    )
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<AdminTokenRow>]) -> Done {
    let done = query!(
        "UPDATE admin_tokens AS old
        SET revoked_at = new.revoked_at, last_used_at = new.last_used_at, version = new.version
        FROM json_populate_recordset(NULL::admin_tokens, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::admin_tokens, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.version = former.version",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, AdminTokenRow> {
    select!("ORDER BY id").fetch(tx)
}
