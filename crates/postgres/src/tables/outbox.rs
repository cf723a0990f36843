//! `outbox`: what the outside is told.

use std::collections::BTreeSet;

use hongbao_domain::{id::EventId, store::Update};
use hongbao_ports::Fault;
use hongbao_store::rows::{DeliveryRow, objects};
use sqlx::{PgConnection, query};
use uuid::Uuid;

use super::statement::{Done, Rows, after, before, cannot, insert};
use crate::codec::{Bits, uuid};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::DeliveryRow,
            r#"SELECT id AS "id: Bits", target, kind, event, state, due_at, attempts, error, created_at, changed_at,
                version
            FROM outbox "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

/// Locks and loads, always in the same order.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<EventId>) -> Result<Vec<DeliveryRow>, Fault> {
    let keys: Vec<Uuid> = keys.iter().map(|id| uuid(id.to_u128())).collect();
    select!("WHERE id = ANY($1) ORDER BY id FOR UPDATE", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) async fn insert(tx: &mut PgConnection, rows: &[DeliveryRow]) -> Done {
    insert!(
        tx,
        "outbox",
        "id, target, kind, event, state, due_at, attempts, error, created_at, changed_at, version",
        rows
    )
}

pub(super) async fn update(tx: &mut PgConnection, updates: &[Update<DeliveryRow>]) -> Done {
    let done = query!(
        "UPDATE outbox AS old
        SET state = new.state, due_at = new.due_at, attempts = new.attempts, error = new.error,
            changed_at = new.changed_at, version = new.version
        FROM json_populate_recordset(NULL::outbox, $1::TEXT::JSON) AS new
        JOIN json_populate_recordset(NULL::outbox, $2::TEXT::JSON) AS former USING (id)
        WHERE old.id = new.id AND old.version = former.version",
        after(updates),
        before(updates)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) async fn delete(tx: &mut PgConnection, rows: &[DeliveryRow]) -> Done {
    let done = query!(
        "DELETE FROM outbox AS o
        USING json_populate_recordset(NULL::outbox, $1::TEXT::JSON) AS old
        WHERE o.id = old.id AND o.version = old.version",
        objects(rows)
    );
    done.execute(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, DeliveryRow> {
    select!("ORDER BY id").fetch(tx)
}
