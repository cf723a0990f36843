//! Locking and loading what a batch names, with one statement for each table.
//!
//! Accounts come before packets and each in the order of its key, in every batch: so two batches never wait for each
//! other in a circle. Left to itself the plan decides about the order, which may be another one for each batch. A statement
//! that locks also reads, so that what is read is what was locked.

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
    let mut clock = None;
    if !keys.accounts.is_empty() {
        let users: Vec<String> = keys.accounts.iter().map(|key| key.user.to_string()).collect();
        let coins: Vec<String> = keys.accounts.iter().map(|key| key.coin.to_string()).collect();
        let rows = sqlx::query_as!(
            AccountRow,
            "SELECT a.user_id, a.coin_id, c.scale, a.balance, a.held, a.version, a.changed_at
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
        let now;
        (loaded.packets, now) = packets_and_clock(tx, &keys.packets, Locking::ForUpdate).await?;
        clock = now.or(clock);
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
    if !keys.coins.is_empty() {
        let now;
        (loaded.coins, now) = coins(tx, &keys.coins).await?;
        clock = now.or(clock);
    }
    let now = match tx.given_now().or(clock) {
        Some(now) => Timestamp::from_micros(now),
        None => tx.now().await?,
    };
    Ok((loaded, now))
}

/// Loads coins, which nobody locks, and reads the clock in the same statement.
async fn coins(tx: &mut PgConnection, ids: &BTreeSet<CoinId>) -> Result<(Vec<Coin>, Option<i64>), Fault> {
    let ids: Vec<String> = ids.iter().map(CoinId::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", id, scale, min_amount, max_amount
        FROM coins
        WHERE id = ANY($1)"#,
        &ids
    );
    let rows = rows.fetch_all(tx).await.map_err(|error| fault::of(error, "cannot load the coins"))?;
    let now = rows.first().map(|row| row.now);
    let rows = rows.into_iter().map(|row| CoinRow {
        id: row.id,
        scale: row.scale,
        min_amount: row.min_amount,
        max_amount: row.max_amount,
    });
    Ok((all(rows.collect())?, now))
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
    Ok(packets_and_clock(tx, ids, locking).await?.0)
}

/// Loads packets, and reads the clock after the last lock, if there are any.
async fn packets_and_clock(
    tx: &mut PgConnection,
    ids: &BTreeSet<TransferId>,
    locking: Locking,
) -> Result<(Vec<Packet>, Option<i64>), Fault> {
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
        return Ok((packets, None));
    }
    let now = shares_and_claims(tx, &ids, &mut packets).await?;
    Ok((packets, now))
}

/// Adds the shares and claims, in the order of their numbers and takers. Gives the clock, which each row has.
async fn shares_and_claims(tx: &mut PgConnection, ids: &[Uuid], packets: &mut [Packet]) -> Result<Option<i64>, Fault> {
    let rows = sqlx::query!(
        r#"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT AS "now!", packet_id AS "packet_id!",
            number AS "number!", amount, receiver_id, taker_id, state, lease_until, version, changed_at
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
        ids
    );
    let rows = rows.fetch_all(tx).await.map_err(|error| fault::of(error, "cannot load the shares and claims"))?;
    let now = rows.first().map(|row| row.now);
    for row in rows {
        let packet = owner(packets, row.packet_id)?;
        match (row.amount, row.taker_id, row.state, row.version, row.changed_at) {
            (None, Some(taker_id), Some(state), Some(version), Some(changed_at)) => {
                let (share_number, lease_until) = (row.number, row.lease_until);
                let row = ClaimRow { taker_id, share_number, state, lease_until, version, changed_at };
                packet.claims.push(row.try_into()?);
            }
            (Some(amount), taker_id, None, None, None) => {
                let (number, receiver_id) = (row.number, row.receiver_id);
                let row = ShareRow { number, amount, receiver_id, taker_id };
                packet.shares.push(row.try_into()?);
            }
            _ => return Err(fault::Unreadable("a row that is neither a share nor a claim").into()),
        }
    }
    Ok(now)
}

/// Finds the packet that a share or claim belongs to, among packets in the order of their ids.
fn owner(packets: &mut [Packet], id: Uuid) -> Result<&mut Packet, Fault> {
    let id = row::transfer_id(id);
    let place = packets.binary_search_by_key(&id, |packet| packet.id);
    let place = place.map_err(|_| fault::Unreadable("a share or claim without its packet"))?;
    Ok(&mut packets[place])
}
