//! `packets`: red packets, each the escrow of its own money.

use std::collections::BTreeSet;

use hongbao_domain::{id::TransferId, store::Update};
use hongbao_store::rows::{PacketRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{Bits, Minor, hex, json, json_updates};

/// Reads packets with the scale of their coin, from where the rest of the statement says.
macro_rules! select {
    ($from:literal $(, $value:expr)*) => {
        query_as!(
            PacketRow,
            r#"SELECT p.id AS "id: Bits", p.sender_id, p.coin_id, p.total AS "total: Minor", p.held AS "held: Minor",
                p.entries, p.remark, p.state, p.lease_until, p.created_at, p.expires_at, p.ended_at, p.changed_at,
                p.version, c.scale
            FROM "# + $from
            $(, $value)*
        )
    };
}

pub(super) async fn load(
    tx: &mut SqliteConnection,
    keys: &BTreeSet<TransferId>,
) -> Result<Vec<PacketRow>, sqlx::Error> {
    let rows = select!(
        "json_each(?1) AS k
        CROSS JOIN packets AS p ON p.id = unhex(k.value)
        CROSS JOIN coins AS c ON c.id = p.coin_id",
        json(keys.iter().map(|id| hex(id.to_u128())))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[PacketRow]) -> Done {
    let done = query!(
        "INSERT INTO packets (id, sender_id, coin_id, total, held, entries, remark, state, lease_until, created_at,
            expires_at, ended_at, changed_at, version)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

/// Changes packets. What was agreed at the beginning never changes.
pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<PacketRow>]) -> Done {
    let done = query!(
        "UPDATE packets
        SET held = new.value ->> '$[0][4]', entries = new.value ->> '$[0][5]', state = new.value ->> '$[0][7]',
            lease_until = new.value ->> '$[0][8]', ended_at = new.value ->> '$[0][11]',
            changed_at = new.value ->> '$[0][12]', version = new.value ->> '$[0][13]'
        FROM json_each(?1) AS new
        WHERE packets.id = unhex(new.value ->> '$[1][0]') AND packets.version = new.value ->> '$[1][13]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, PacketRow> {
    select!("packets AS p JOIN coins AS c ON c.id = p.coin_id ORDER BY p.id").fetch(tx)
}
