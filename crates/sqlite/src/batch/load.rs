//! Loading what a batch names, with one statement for each table.

use std::collections::BTreeSet;

use hongbao_domain::{
    id::{CoinId, Reference, TransferId},
    ledger::{Keys, Loaded},
    red_packet::Packet,
};
use hongbao_ports::Fault;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    fault,
    row::{self, AccountRow, ClaimRow, CoinRow, MovementRow, PacketRow, ShareRow},
};

/// Writes a list for `json_each`.
pub(crate) fn json<T: Serialize>(rows: impl IntoIterator<Item = T>) -> String {
    let rows: Vec<T> = rows.into_iter().collect();
    serde_json::to_string(&rows).expect("texts, numbers and nulls are always JSON")
}

/// Writes an id as JSON can carry it; `unhex` reads it.
pub(crate) fn hex(bits: u128) -> String {
    format!("{bits:032x}")
}

fn all<R, T: TryFrom<R, Error = fault::Unreadable>>(rows: Vec<R>) -> Result<Vec<T>, Fault> {
    rows.into_iter().map(|row| T::try_from(row).map_err(Fault::from)).collect()
}

pub(super) async fn load(tx: &mut SqliteConnection, keys: &Keys) -> Result<Loaded, Fault> {
    let cannot = |error| fault::of(error, "cannot load the batch");
    let mut loaded = Loaded::default();
    if !keys.coins.is_empty() {
        let ids = json(keys.coins.iter().map(CoinId::as_str));
        let rows = sqlx::query_as!(
            CoinRow,
            "SELECT id, scale, min_amount, max_amount FROM coins WHERE id IN (SELECT value FROM json_each(?1))",
            ids
        );
        loaded.coins = all(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    }
    if !keys.accounts.is_empty() {
        let names = json(keys.accounts.iter().map(|key| (key.user.to_string(), key.coin.to_string())));
        let rows = sqlx::query_as!(
            AccountRow,
            r#"SELECT a.user_id, a.coin_id, c.scale, a.balance, a.held, a.version, a.changed_at
            FROM json_each(?1) AS k
            CROSS JOIN accounts AS a ON a.user_id = k.value ->> 0 AND a.coin_id = k.value ->> 1
            CROSS JOIN coins AS c ON c.id = a.coin_id"#,
            names
        );
        loaded.accounts = all(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    }
    if !keys.packets.is_empty() {
        loaded.packets = packets(&mut *tx, &keys.packets).await?;
    }
    if !keys.movements.is_empty() {
        let references = json(keys.movements.iter().map(Reference::as_str));
        let rows = sqlx::query_as!(
            MovementRow,
            "SELECT reference, direction, user_id, coin_id, amount, moved_at
            FROM movements
            WHERE reference IN (SELECT value FROM json_each(?1))",
            references
        );
        loaded.movements = all(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    }
    Ok(loaded)
}

/// Loads packets with all their shares and claims.
pub(crate) async fn packets(tx: &mut SqliteConnection, ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault> {
    let cannot = |error| fault::of(error, "cannot load the packets");
    let ids = json(ids.iter().map(|id| hex(id.to_u128())));
    let rows = sqlx::query_as!(
        PacketRow,
        r#"SELECT p.id, p.sender_id, p.coin_id, c.scale, p.total, p.held, p.entries, p.remark, p.state, p.lease_until,
            p.created_at, p.expires_at, p.ended_at, p.changed_at, p.version
        FROM json_each(?1) AS k
        CROSS JOIN packets AS p ON p.id = unhex(k.value)
        CROSS JOIN coins AS c ON c.id = p.coin_id
        ORDER BY p.id"#,
        ids
    );
    let mut packets: Vec<Packet> = all(rows.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    if packets.is_empty() {
        return Ok(packets);
    }
    let shares = sqlx::query_as!(
        ShareRow,
        r#"SELECT s.packet_id, s.number AS "number!", s.amount, s.receiver_id, s.taker_id
        FROM json_each(?1) AS k
        CROSS JOIN shares AS s ON s.packet_id = unhex(k.value)
        ORDER BY s.packet_id, s.number"#,
        ids
    );
    for share in shares.fetch_all(&mut *tx).await.map_err(cannot)? {
        owner(&mut packets, &share.packet_id)?.shares.push(share.try_into()?);
    }
    let claims = sqlx::query_as!(
        ClaimRow,
        r#"SELECT l.packet_id, l.taker_id, l.share_number, l.state, l.lease_until, l.version, l.changed_at
        FROM json_each(?1) AS k
        CROSS JOIN claims AS l ON l.packet_id = unhex(k.value)
        ORDER BY l.packet_id, l.taker_id"#,
        ids
    );
    for claim in claims.fetch_all(&mut *tx).await.map_err(cannot)? {
        owner(&mut packets, &claim.packet_id)?.claims.push(claim.try_into()?);
    }
    Ok(packets)
}

/// Finds the packet that a share or claim belongs to, among packets in the order of their ids.
fn owner<'packets>(packets: &'packets mut [Packet], id: &[u8]) -> Result<&'packets mut Packet, Fault> {
    let id = row::transfer_id(id)?;
    let place = packets.binary_search_by_key(&id, |packet| packet.id);
    let place = place.map_err(|_| fault::Unreadable("a share or claim without its packet"))?;
    Ok(&mut packets[place])
}
