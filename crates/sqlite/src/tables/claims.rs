//! `claims`: who has taken which share, or is taking it.

use std::collections::BTreeSet;

use hongbao_domain::{id::TransferId, store::Update};
use hongbao_store::rows::{ClaimRow, lists};
use sqlx::{SqliteConnection, query, query_as};

use super::statement::{Done, Rows};
use crate::codec::{Bits, hex, json, json_updates};

/// Loads all claims of some packets, in the order of packets and takers.
pub(super) async fn load(
    tx: &mut SqliteConnection,
    packets: &BTreeSet<TransferId>,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    let rows = query_as!(
        ClaimRow,
        r#"SELECT l.packet_id AS "packet_id: Bits", l.taker_id, l.share_number, l.state, l.lease_until, l.version,
            l.changed_at
        FROM json_each(?1) AS k
        CROSS JOIN claims AS l ON l.packet_id = unhex(k.value)
        ORDER BY l.packet_id, l.taker_id"#,
        json(packets.iter().map(|id| hex(id.to_u128())))
    );
    rows.fetch_all(tx).await
}

pub(super) async fn insert(tx: &mut SqliteConnection, rows: &[ClaimRow]) -> Done {
    let done = query!(
        "INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
        FROM json_each(?1)",
        lists(rows)
    );
    done.execute(tx).await
}

pub(super) async fn update(tx: &mut SqliteConnection, updates: &[&Update<ClaimRow>]) -> Done {
    let done = query!(
        "UPDATE claims
        SET share_number = new.value ->> '$[0][2]', state = new.value ->> '$[0][3]',
            lease_until = new.value ->> '$[0][4]', version = new.value ->> '$[0][5]', changed_at = new.value ->> '$[0][6]'
        FROM json_each(?1) AS new
        WHERE claims.packet_id = unhex(new.value ->> '$[1][0]') AND claims.taker_id = new.value ->> '$[1][1]'
            AND claims.version = new.value ->> '$[1][5]'",
        json_updates(updates.iter().copied())
    );
    done.execute(tx).await
}

pub(super) fn all(tx: &mut SqliteConnection) -> Rows<'_, ClaimRow> {
    query_as!(
        ClaimRow,
        r#"SELECT packet_id AS "packet_id: Bits", taker_id, share_number, state, lease_until, version, changed_at
        FROM claims
        ORDER BY packet_id, taker_id"#
    )
    .fetch(tx)
}
