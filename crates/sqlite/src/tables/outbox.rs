//! `outbox`: what the outside is told.

use std::collections::BTreeSet;

use hongbao_domain::{id::EventId, store::Update};
use hongbao_store::rows::{DeliveryRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::DeliveryRow,
            r#"SELECT id AS "id: Bits", target, kind, event, state, due_at, attempts, error, created_at, changed_at, version
            FROM outbox "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(tx: &mut SqliteConnection, keys: &BTreeSet<EventId>) -> Result<Vec<DeliveryRow>, sqlx::Error> {
    let keys = json(keys.iter().map(|id| hex(id.to_u128())));
    select!("WHERE id IN (SELECT unhex(value) FROM json_each(?1))", keys).fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[DeliveryRow]) -> Done {
    let done = query!(
        "INSERT INTO outbox (id, target, kind, event, state, due_at, attempts, error, created_at, changed_at, version)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, value ->> 8, value ->> 9, value ->> 10
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<DeliveryRow>]) -> Done {
    let done = query!(
        "UPDATE outbox
        SET state = new.value ->> '$[0][4]', due_at = new.value ->> '$[0][5]', attempts = new.value ->> '$[0][6]',
            error = new.value ->> '$[0][7]', changed_at = new.value ->> '$[0][9]', version = new.value ->> '$[0][10]'
        FROM json_each(?1) AS new
        WHERE outbox.id = unhex(new.value ->> '$[1][0]') AND outbox.version = new.value ->> '$[1][10]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) async fn delete(tx: &mut SqliteConnection, rows: &[DeliveryRow]) -> Done {
    let done = query!(
        "DELETE FROM outbox
        WHERE (id, version) IN (SELECT unhex(value ->> 0), value ->> 10 FROM json_each(?1))",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, DeliveryRow> {
    select!("ORDER BY id").fetch(tx)
}
