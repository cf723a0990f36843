//! `webhook_endpoints`: which endpoints of the app's backend are told what happens.

use std::collections::BTreeSet;

use hongbao_domain::{id::EndpointId, store::Update};
use hongbao_store::rows::{EndpointRow, lists};
use sqlx::{SqliteConnection, query};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

/// Reads rows of the table, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            hongbao_store::rows::EndpointRow,
            r#"SELECT id AS "id: Bits", url, events, secret, former_secret, former_until, is_enabled AS "is_enabled: bool",
                created_at, changed_at, version
            FROM webhook_endpoints "# + $rest
            $(, $value)*
        )
    };
}

pub(crate) use select;

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<EndpointId>,
) -> Result<Vec<EndpointRow>, sqlx::Error> {
    let keys = json(keys.iter().map(|id| hex(id.to_u128())));
    select!("WHERE id IN (SELECT unhex(value) FROM json_each(?1))", keys).fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[EndpointRow]) -> Done {
    let done = query!(
        "INSERT INTO webhook_endpoints (id, url, events, secret, former_secret, former_until, is_enabled, created_at,
            changed_at, version)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, unhex(value ->> 3, '\\x'), unhex(value ->> 4, '\\x'),
            value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<EndpointRow>]) -> Done {
    let done = query!(
        "UPDATE webhook_endpoints
        SET secret = unhex(new.value ->> '$[0][3]', '\\x'), former_secret = unhex(new.value ->> '$[0][4]', '\\x'),
            former_until = new.value ->> '$[0][5]', is_enabled = new.value ->> '$[0][6]',
            changed_at = new.value ->> '$[0][8]', version = new.value ->> '$[0][9]'
        FROM json_each(?1) AS new
        WHERE webhook_endpoints.id = unhex(new.value ->> '$[1][0]') AND webhook_endpoints.version = new.value ->> '$[1][9]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) async fn delete(tx: &mut SqliteConnection, rows: &[EndpointRow]) -> Done {
    let done = query!(
        "DELETE FROM webhook_endpoints
        WHERE (id, version) IN (SELECT unhex(value ->> 0), value ->> 9 FROM json_each(?1))",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, EndpointRow> {
    select!("ORDER BY id").fetch(tx)
}
