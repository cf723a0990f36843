//! Locking and loading what a batch names, with one statement for each table.
//!
//! Accounts come before packets and each in the order of its key, in every batch: so two batches never wait for each
//! other in a circle. A statement that locks also reads, so that what is read is what was locked.

use std::collections::BTreeSet;

use hongbao_domain::{
    id::{CoinId, Reference, TransferId},
    ledger::{Keys, Loaded},
    money::Coin,
    red_packet::Packet,
    time::Timestamp,
};
use hongbao_ports::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    fault,
    row::{self, AccountRow, ClaimRow, CoinRow, MovementRow, PacketRow, ShareRow},
    transaction::{Tx, uuid},
};

fn all<R, T: TryFrom<R, Error = fault::Unreadable>>(rows: Vec<R>) -> Result<Vec<T>, Fault> {
    rows.into_iter().map(|row| T::try_from(row).map_err(Fault::from)).collect()
}

/// Locks and loads, and gives the time after the last lock.
pub(super) async fn load(tx: &mut Tx<'_, '_>, keys: &Keys) -> Result<(Loaded, Timestamp), Fault> {
    let cannot = |error| fault::of(error, "cannot load the batch");
    let mut loaded = Loaded::default();
    if !keys.accounts.is_empty() {
        let users: Vec<String> = keys.accounts.iter().map(|key| key.user.to_string()).collect();
        let coins: Vec<String> = keys.accounts.iter().map(|key| key.coin.to_string()).collect();
        let rows = sqlx::query_as!(
            AccountRow,
            "SELECT a.user_id, a.coin_id, c.scale, a.balance, a.version, a.changed_at
            FROM accounts AS a
            JOIN coins AS c ON c.id = a.coin_id
            WHERE (a.user_id, a.coin_id) IN (SELECT * FROM unnest($1::TEXT[], $2::TEXT[]))
            ORDER BY a.user_id, a.coin_id
            FOR NO KEY UPDATE OF a",
            &users,
            &coins
        );
        loaded.accounts = all(rows.fetch_all(&mut **tx).await.map_err(cannot)?)?;
    }
    if !keys.packets.is_empty() {
        loaded.packets = packets(tx, &keys.packets, Locking::ForUpdate).await?;
    }
    if !keys.movements.is_empty() {
        let references: Vec<String> = keys.movements.iter().map(Reference::to_string).collect();
        let rows = sqlx::query_as!(
            MovementRow,
            "SELECT reference, direction, user_id, coin_id, amount, moved_at FROM movements WHERE reference = ANY($1)",
            &references
        );
        loaded.movements = all(rows.fetch_all(&mut **tx).await.map_err(cannot)?)?;
    }
    let now;
    (loaded.coins, now) = coins(tx, &keys.coins).await?;
    Ok((loaded, now))
}

/// Loads coins, which nobody locks, and reads the clock in the same statement.
async fn coins(tx: &mut Tx<'_, '_>, ids: &BTreeSet<CoinId>) -> Result<(Vec<Coin>, Timestamp), Fault> {
    if ids.is_empty() {
        return Ok((Vec::new(), tx.now().await?));
    }
    let ids: Vec<String> = ids.iter().map(CoinId::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", c.id AS "id?", c.scale AS "scale?",
            c.min_amount AS "min_amount?", c.max_amount AS "max_amount?"
        FROM (SELECT) AS clock
        LEFT JOIN coins AS c ON c.id = ANY($1)"#,
        &ids
    );
    let rows = rows.fetch_all(&mut **tx).await.map_err(|error| fault::of(error, "cannot load the coins"))?;
    let now = tx.given_now().or(rows.first().map(|row| row.now)).ok_or(fault::Unreadable("the clock"))?;
    let mut coins = Vec::new();
    for row in rows {
        // Where there is none of the coins, the clock stands alone.
        if let (Some(id), Some(scale), Some(min_amount), Some(max_amount)) =
            (row.id, row.scale, row.min_amount, row.max_amount)
        {
            coins.push(CoinRow { id, scale, min_amount, max_amount }.try_into()?);
        }
    }
    Ok((coins, Timestamp::from_micros(now)))
}

/// Whether packets are only read, or locked as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locking {
    None,
    ForUpdate,
}

/// Loads packets with all their shares and claims, in the order of their ids. A packet's lock is that of its shares and
/// claims, too.
pub(crate) async fn packets(
    tx: &mut PgConnection,
    ids: &BTreeSet<TransferId>,
    locking: Locking,
) -> Result<Vec<Packet>, Fault> {
    let cannot = |error| fault::of(error, "cannot load the packets");
    let ids: Vec<Uuid> = ids.iter().map(|id| uuid(id.to_u128())).collect();
    let rows = match locking {
        Locking::ForUpdate => {
            sqlx::query_as!(
            PacketRow,
            "SELECT p.id, p.sender_id, p.coin_id, c.scale, p.total, p.held, p.entries, p.remark, p.state, p.lease_until,
                p.created_at, p.expires_at, p.ended_at, p.changed_at, p.version
            FROM packets AS p
            JOIN coins AS c ON c.id = p.coin_id
            WHERE p.id = ANY($1)
            ORDER BY p.id
            FOR NO KEY UPDATE OF p",
            &ids
        )
            .fetch_all(&mut *tx)
            .await
        }
        Locking::None => {
            sqlx::query_as!(
            PacketRow,
            "SELECT p.id, p.sender_id, p.coin_id, c.scale, p.total, p.held, p.entries, p.remark, p.state, p.lease_until,
                p.created_at, p.expires_at, p.ended_at, p.changed_at, p.version
            FROM packets AS p
            JOIN coins AS c ON c.id = p.coin_id
            WHERE p.id = ANY($1)
            ORDER BY p.id",
            &ids
        )
            .fetch_all(&mut *tx)
            .await
        }
    };
    let mut packets: Vec<Packet> = all(rows.map_err(cannot)?)?;
    if packets.is_empty() {
        return Ok(packets);
    }
    let shares = sqlx::query_as!(
        ShareRow,
        "SELECT packet_id, number, amount, receiver_id, taker_id
        FROM shares
        WHERE packet_id = ANY($1)
        ORDER BY packet_id, number",
        &ids
    );
    for share in shares.fetch_all(&mut *tx).await.map_err(cannot)? {
        owner(&mut packets, share.packet_id)?.shares.push(share.try_into()?);
    }
    let claims = sqlx::query_as!(
        ClaimRow,
        "SELECT packet_id, taker_id, share_number, state, lease_until, version, changed_at
        FROM claims
        WHERE packet_id = ANY($1)
        ORDER BY packet_id, taker_id",
        &ids
    );
    for claim in claims.fetch_all(&mut *tx).await.map_err(cannot)? {
        owner(&mut packets, claim.packet_id)?.claims.push(claim.try_into()?);
    }
    Ok(packets)
}

/// Finds the packet that a share or claim belongs to, among packets in the order of their ids.
fn owner(packets: &mut [Packet], id: Uuid) -> Result<&mut Packet, Fault> {
    let id = row::transfer_id(id);
    let place = packets.binary_search_by_key(&id, |packet| packet.id);
    let place = place.map_err(|_| fault::Unreadable("a share or claim without its packet"))?;
    Ok(&mut packets[place])
}
