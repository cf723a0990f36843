//! `shares`: the shares of packets, and what is loaded with them: the claims.

use std::collections::BTreeSet;

use hongbao_domain::id::TransferId;
use hongbao_ports::Fault;
use hongbao_store::rows::{ClaimRow, ShareRow, Unreadable};
use sqlx::{PgConnection, query, query_as};
use uuid::Uuid;

use super::statement::{Rows, cannot};
use crate::codec::{Bits, Minor, uuid};

/// All shares and claims of some packets, in the order of packets, numbers and takers, and the clock.
pub(super) struct Parts {
    pub(super) shares: Vec<ShareRow>,
    pub(super) claims: Vec<ClaimRow>,
    pub(super) now: Option<i64>,
}

/// Loads shares and claims, and reads the clock, which each row has.
pub(super) async fn load(tx: &mut PgConnection, packets: &BTreeSet<TransferId>) -> Result<Parts, Fault> {
    let packets: Vec<Uuid> = packets.iter().map(|id| uuid(id.to_u128())).collect();
    let rows = query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", packet_id AS "packet_id!",
            number AS "number!", amount AS "amount?: Minor", receiver_id, taker_id, state, lease_until, version, changed_at
        FROM (
            SELECT packet_id, number, amount, receiver_id, taker_id, NULL AS state, NULL::BIGINT AS lease_until,
                NULL::BIGINT AS version, NULL::BIGINT AS changed_at
            FROM shares
            WHERE packet_id = ANY($1)
            UNION ALL
            SELECT packet_id, share_number, NULL, NULL, taker_id, state, lease_until, version, changed_at
            FROM claims
            WHERE packet_id = ANY($1)
        ) AS parts
        ORDER BY packet_id, CASE WHEN state IS NULL THEN number END, taker_id"#,
        &packets
    );
    let rows = rows.fetch_all(tx).await.map_err(cannot)?;
    let mut parts = Parts { shares: Vec::new(), claims: Vec::new(), now: rows.first().map(|row| row.now) };
    for row in rows {
        let (packet_id, number) = (row.packet_id.as_u128(), i64::from(row.number));
        match (row.amount, row.taker_id, row.state, row.version, row.changed_at) {
            (None, Some(taker_id), Some(state), Some(version), Some(changed_at)) => {
                let lease_until = row.lease_until;
                let share_number = number;
                parts.claims.push(ClaimRow {
                    packet_id,
                    taker_id,
                    share_number,
                    state,
                    lease_until,
                    version,
                    changed_at,
                });
            }
            (Some(amount), taker_id, None, None, None) => {
                let (amount, receiver_id) = (amount.into(), row.receiver_id);
                parts.shares.push(ShareRow { packet_id, number, amount, receiver_id, taker_id });
            }
            _ => return Err(Unreadable("a row that is neither a share nor a claim").into()),
        }
    }
    Ok(parts)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, ShareRow> {
    query_as!(
        ShareRow,
        r#"SELECT packet_id AS "packet_id: Bits", number, amount AS "amount: Minor", receiver_id, taker_id
        FROM shares
        ORDER BY packet_id, number"#
    )
    .fetch(tx)
}
