//! `webhook_endpoints`: which endpoints of the app's backend are told what happens.

use std::collections::BTreeSet;

use hongbao_domain::{id::EndpointId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::{EndpointRow, objects};
use sqlx::{PgConnection, query};
use uuid::Uuid;

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::{Bits, uuid};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::EndpointRow,
            r#"SELECT id AS "id: Bits", url, events, secret, former_secret, former_until, is_enabled, created_at, changed_at,
                version
            FROM webhook_endpoints "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<EndpointId>) -> Result<Vec<EndpointRow>, Fault> {
    let keys: Vec<Uuid> = keys.iter().map(|id| uuid(id.to_u128())).collect();
    select!("WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[EndpointRow]) -> Done {
    insert!(
        tx,
        "webhook_endpoints",
        "id, url, events, secret, former_secret, former_until, is_enabled, created_at, changed_at, version",
        rows
    )
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<EndpointRow>]) -> Done {
    let done = query!(
        "UPDATE webhook_endpoints AS old
        SET secret = new.secret, former_secret = new.former_secret, former_until = new.former_until,
            is_enabled = new.is_enabled, changed_at = new.changed_at, version = new.version
        FROM json_populate_recordset(NULL::webhook_endpoints, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::webhook_endpoints, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.version = former.version",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[EndpointRow]) -> Done {
    let done = query!(
        "DELETE FROM webhook_endpoints AS e
        USING json_populate_recordset(NULL::webhook_endpoints, $1::TEXT::JSON) AS old
        WHERE e.id = old.id AND e.version = old.version",
        objects(rows)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, EndpointRow> {
    select!("ORDER BY id").fetch(tx)
}
