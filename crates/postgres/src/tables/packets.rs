//! `packets`: red packets, each the escrow of its own money.

use std::collections::BTreeSet;

use hongbao_domain::id::TransferId;
use hongbao_ports::Fault;
use hongbao_store::rows::PacketRow;
use sqlx::{PgConnection, query_as};
use uuid::Uuid;

use super::statement::{Rows, cannot};
use crate::codec::{Bits, Minor, uuid};

/// Reads packets with the scale of their coin, those that the rest of the statement names.
macro_rules! select {
    ($rest:literal $(, $value:expr)*) => {
        query_as!(
            PacketRow,
            r#"SELECT p.id AS "id: Bits", p.sender_id, p.coin_id, p.total AS "total: Minor", p.held AS "held: Minor",
                p.entries, p.remark, p.state, p.lease_until, p.created_at, p.expires_at, p.ended_at, p.changed_at,
                p.version, c.scale
            FROM packets AS p
            JOIN coins AS c ON c.id = p.coin_id "# + $rest
            $(, $value)*
        )
    };
}

/// Locks and loads, always in the same order. A packet's lock is that of its shares and claims, too.
pub(super) async fn load(tx: &mut PgConnection, keys: &BTreeSet<TransferId>) -> Result<Vec<PacketRow>, Fault> {
    let keys: Vec<Uuid> = keys.iter().map(|id| uuid(id.to_u128())).collect();
    select!("WHERE p.id = ANY($1) ORDER BY p.id FOR NO KEY UPDATE OF p", &keys).fetch_all(tx).await.map_err(cannot)
}

/// Loads packets that are only read.
pub(super) async fn look(tx: &mut PgConnection, keys: &BTreeSet<TransferId>) -> Result<Vec<PacketRow>, Fault> {
    let keys: Vec<Uuid> = keys.iter().map(|id| uuid(id.to_u128())).collect();
    select!("WHERE p.id = ANY($1)", &keys).fetch_all(tx).await.map_err(cannot)
}

pub(super) fn all(tx: &mut PgConnection) -> Rows<'_, PacketRow> {
    select!("ORDER BY p.id").fetch(tx)
}
