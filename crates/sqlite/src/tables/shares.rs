//! `shares`: the shares of packets.

use std::collections::BTreeSet;

use hongbao_domain::{id::TransferId, store::Update};
use hongbao_store::rows::{ShareRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{Bits, Minor, hex, json, json_updates};

/// Loads all shares of some packets, in the order of packets and numbers.
pub(super) async fn load(
    tx: &mut SqliteConnection,
    packets: &BTreeSet<TransferId>,
) -> Result<Vec<ShareRow>, sqlx::Error> {
    let rows = query_as!(
        ShareRow,
        r#"SELECT s.packet_id AS "packet_id: Bits", s.number AS "number!", s.amount AS "amount: Minor", s.receiver_id,
            s.taker_id
        FROM json_each(?1) AS k
        CROSS JOIN shares AS s ON s.packet_id = unhex(k.value)
        ORDER BY s.packet_id, s.number"#,
        json(packets.iter().map(|id| hex(id.to_u128())))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[ShareRow]) -> Done {
    let done = query!(
        "INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

/// Changes takers, which is all that changes. The guard is that of the packet.
pub(super) async fn update(tx: &mut SqliteConnection, updates: &[Update<ShareRow>]) -> Done {
    let done = query!(
        "UPDATE shares
        SET taker_id = new.value ->> '$[0][4]'
        FROM json_each(?1) AS new
        WHERE shares.packet_id = unhex(new.value ->> '$[1][0]') AND shares.number = new.value ->> '$[1][1]'",
        json_updates(updates)
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, ShareRow> {
    query_as!(
        ShareRow,
        r#"SELECT packet_id AS "packet_id: Bits", number, amount AS "amount: Minor", receiver_id, taker_id
        FROM shares
        ORDER BY packet_id, number"#
    )
    .fetch(tx)
}
