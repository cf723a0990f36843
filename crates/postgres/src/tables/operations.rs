//! `admin_operations`: what administrators asked for.

use std::collections::BTreeSet;

use hongbao_domain::{id::OperationId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::OperationRow;
use sqlx::{PgConnection, query};
use uuid::Uuid;

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::{Bits, uuid};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::OperationRow,
            r#"SELECT id AS "id: Bits", token_id AS "token_id: Bits", request_id, asked, body, fingerprint, request_key, status,
                answer, lease_until, began_at, changed_at, version, nonce
            FROM admin_operations "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<OperationId>) -> Result<Vec<OperationRow>, Fault> {
    let keys: Vec<Uuid> = keys.iter().map(|id| uuid(id.to_u128())).collect();
    select!("WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[OperationRow]) -> Done {
    insert!(
        tx,
        "admin_operations",
        "id, token_id, request_id, asked, body, fingerprint, request_key, status, answer, lease_until, began_at,
            changed_at, version, nonce",
        rows
    )
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<OperationRow>]) -> Done {
    let done = query!(
        "UPDATE admin_operations AS old
        SET request_id = new.request_id, status = new.status, answer = new.answer, lease_until = new.lease_until, changed_at
            = new.changed_at, version = new.version
        FROM json_populate_recordset(NULL::admin_operations, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::admin_operations, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.version = former.version",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, OperationRow> {
    select!("ORDER BY id").fetch(tx)
}
