//! `admin_operations`: what administrators asked for.

use std::collections::BTreeSet;

use hongbao_domain::{id::OperationId, store::Update};
use hongbao_store::rows::{OperationRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

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

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<OperationId>,
) -> Result<Vec<OperationRow>, sqlx::Error> {
    let keys = json(keys.iter().map(|id| hex(id.to_u128())));
    select!("WHERE id IN (SELECT unhex(value) FROM json_each(?1))", keys).fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[OperationRow]) -> Done {
    let done = query!(
        "INSERT INTO admin_operations (id, token_id, request_id, asked, body, fingerprint, request_key, status, answer,
            lease_until, began_at, changed_at, version, nonce)
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5, '\\x'), value
            ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, unhex(value ->> 13, '\\x')
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<OperationRow>]) -> Done {
    let done = query!(
        "UPDATE admin_operations
        SET request_id = new.value ->> '$[0][2]', status = new.value ->> '$[0][7]', answer = new.value ->> '$[0][8]',
            lease_until = new.value ->> '$[0][9]', changed_at = new.value ->> '$[0][11]', version = new.value
            ->> '$[0][12]'
        FROM json_each(?1) AS new
        WHERE admin_operations.id = unhex(new.value ->> '$[1][0]') AND admin_operations.version = new.value ->> '$[1][12]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, OperationRow> {
    select!("ORDER BY id").fetch(tx)
}
