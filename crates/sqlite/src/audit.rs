//! Feeding the domain's auditor in pieces.
//!
//! A transaction that reads for long would hold back the log: SQLite cannot begin it anew while a reader may need an older
//! state of it. So the sums are made at one moment, by SQLite itself, and each piece of the rest is a short transaction of
//! its own ([`Auditor::in_pieces`] says why that is proof). Between pieces it rests, so that the log can be begun anew.

mod chains;
mod pace;
pub(crate) mod sums;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use hongbao_domain::{
    id::{CoinId, CommandId, TransferId},
    ledger::{Account, AccountKey, Audit, Auditor, Chain, Holder, Movement},
};
use hongbao_ports::Fault;
use hongbao_store::rows::{MovementRow, Unreadable, parse, scale};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::time::Instant;

pub(crate) use self::pace::Pace;
use self::{
    chains::{chains, lengths},
    pace::cannot,
};
use crate::{
    SqliteStore,
    codec::{Bits, Minor, bytes, json},
    tables::{accounts, packets},
};

/// How many holders are looked at together. It bounds the memory that an audit needs.
const PAGE: i64 = 500;

/// Audits on a connection of its own, so that no request waits for it.
pub(crate) async fn run(store: &SqliteStore) -> Result<Audit, Fault> {
    store.file.check()?;
    let mut connection = store.reading.connect().await.map_err(cannot)?;
    let audited = follow(&mut connection, Pace::Resting).await;
    drop(connection.close().await);
    audited
}

/// Audits what a connection sees.
pub(crate) async fn follow(connection: &mut SqliteConnection, pace: Pace) -> Result<Audit, Fault> {
    let sums = sums::read(connection).await.map_err(cannot)?;
    let mut auditor = Auditor::in_pieces(sums.totals, sums.entries, sums.postings);
    accounts(connection, &mut auditor, pace).await?;
    escrows(connection, &mut auditor, pace).await?;
    movements(connection, &mut auditor, pace).await?;
    commands(connection, &mut auditor).await?;
    of_nobody(connection, &mut auditor).await?;
    Ok(auditor.finish())
}

async fn accounts(connection: &mut SqliteConnection, auditor: &mut Auditor, pace: Pace) -> Result<(), Fault> {
    let (mut user, mut coin) = (String::new(), String::new());
    loop {
        let begun = Instant::now();
        let mut tx = connection.begin().await.map_err(cannot)?;
        let rows = accounts::select!(
            "accounts AS a
            JOIN coins AS c ON c.id = a.coin_id
            WHERE (a.user_id, a.coin_id) > (?1, ?2)
            ORDER BY a.user_id, a.coin_id
            LIMIT ?3",
            user,
            coin,
            PAGE
        );
        let rows = rows.fetch_all(&mut *tx).await.map_err(cannot)?;
        let rows = rows.into_iter().map(Account::try_from).collect::<Result<Vec<_>, _>>()?;
        let Some(last) = rows.last() else { return Ok(()) };
        (user, coin) = (last.key.user.to_string(), last.key.coin.to_string());
        let names = rows.iter().map(|row| (row.key.user.to_string(), row.key.coin));
        let lengths = lengths(&mut tx, "account", names).await?;
        let held = held(&mut tx, &rows).await?;
        tx.commit().await.map_err(cannot)?;
        pace.rest(begun).await;
        let chains = chains(connection, "account", lengths, pace).await?;
        for account in &rows {
            let chain = chain(&chains, Holder::Account(account.key), account.key.coin);
            auditor.account(account, chain, held.get(&account.key).copied().unwrap_or_default());
        }
    }
}

/// Sums what the packets of some accounts hold, row by row: a sender may have many.
async fn held(tx: &mut SqliteConnection, rows: &[Account]) -> Result<BTreeMap<AccountKey, i128>, Fault> {
    let names = json(rows.iter().map(|row| (row.key.user.to_string(), row.key.coin.to_string())));
    let mut packets = sqlx::query!(
        r#"SELECT p.sender_id, p.coin_id, p.held AS "held: Minor"
        FROM json_each(?1) AS k
        CROSS JOIN packets AS p ON p.sender_id = k.value ->> 0 AND p.coin_id = k.value ->> 1
        WHERE p.ended_at IS NULL"#,
        names
    )
    .fetch(&mut *tx);
    let mut held = BTreeMap::new();
    while let Some(packet) = packets.try_next().await.map_err(cannot)? {
        let (user, coin) = (parse(&packet.sender_id, "a user id")?, parse(&packet.coin_id, "a coin id")?);
        *held.entry(AccountKey { user, coin }).or_default() += i128::from(packet.held);
    }
    Ok(held)
}

async fn escrows(connection: &mut SqliteConnection, auditor: &mut Auditor, pace: Pace) -> Result<(), Fault> {
    let mut after = Vec::new();
    loop {
        let begun = Instant::now();
        let mut tx = connection.begin().await.map_err(cannot)?;
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id: Bits" FROM packets WHERE id > ?1 ORDER BY id LIMIT ?2"#,
            after,
            PAGE
        );
        let ids = ids.fetch_all(&mut *tx).await.map_err(cannot)?;
        let ids: BTreeSet<_> = ids.into_iter().map(|id| TransferId::from_u128(id.into())).collect();
        let Some(last) = ids.last() else { return Ok(()) };
        after = bytes(last.to_u128());
        let rows = packets(&mut tx, &ids).await?;
        let names = rows.iter().map(|packet| (packet.id.to_string(), packet.coin));
        let lengths = lengths(&mut tx, "packet", names).await?;
        tx.commit().await.map_err(cannot)?;
        pace.rest(begun).await;
        let chains = chains(connection, "packet", lengths, pace).await?;
        for packet in &rows {
            auditor.packet(packet, chain(&chains, Holder::Packet(packet.id), packet.coin));
        }
    }
}

async fn movements(connection: &mut SqliteConnection, auditor: &mut Auditor, pace: Pace) -> Result<(), Fault> {
    let mut after = String::new();
    loop {
        let begun = Instant::now();
        let mut tx = connection.begin().await.map_err(cannot)?;
        // With its coin: one may have been added since the sums were made.
        let rows = sqlx::query!(
            r#"SELECT m.reference, m.direction, m.user_id, m.coin_id, m.amount AS "amount: Minor", m.moved_at,
                c.scale AS "scale?"
            FROM movements AS m
            LEFT JOIN coins AS c ON c.id = m.coin_id
            WHERE m.reference > ?1
            ORDER BY m.reference
            LIMIT ?2"#,
            after,
            PAGE
        );
        let rows = rows.fetch_all(&mut *tx).await.map_err(cannot)?;
        let movements = rows.into_iter().map(|row| {
            let scale = scale(row.scale.ok_or(Unreadable("a movement of no coin"))?)?;
            let (reference, direction, amount) = (row.reference, row.direction, row.amount.into());
            let (user_id, coin_id, moved_at) = (row.user_id, row.coin_id, row.moved_at);
            let row = MovementRow { reference, direction, user_id, coin_id, amount, moved_at };
            Ok((Movement::try_from(row)?, scale))
        });
        let movements = movements.collect::<Result<Vec<_>, Unreadable>>()?;
        let Some((last, _)) = movements.last() else { return Ok(()) };
        after = last.reference.to_string();
        let names = movements.iter().map(|(movement, _)| (movement.reference.to_string(), movement.account.coin));
        let lengths = lengths(&mut tx, "movement", names).await?;
        tx.commit().await.map_err(cannot)?;
        pace.rest(begun).await;
        let chains = chains(connection, "movement", lengths, pace).await?;
        for (movement, scale) in &movements {
            let chain = chain(&chains, Holder::Movement(movement.reference), movement.account.coin);
            auditor.movement(movement, *scale, chain);
        }
    }
}

/// Finds packets that hold money of senders who have no account.
async fn of_nobody(connection: &mut SqliteConnection, auditor: &mut Auditor) -> Result<(), Fault> {
    let coins = sqlx::query_scalar!(
        "SELECT DISTINCT p.coin_id
        FROM packets AS p
        WHERE p.ended_at IS NULL
            AND NOT EXISTS (SELECT * FROM accounts AS a WHERE a.user_id = p.sender_id AND a.coin_id = p.coin_id)"
    );
    for coin in coins.fetch_all(connection).await.map_err(cannot)? {
        auditor.held_of_nobody(parse(&coin, "a coin id")?);
    }
    Ok(())
}

fn chain(chains: &BTreeMap<(Holder, CoinId), Chain>, holder: Holder, coin: CoinId) -> Chain {
    chains.get(&(holder, coin)).copied().unwrap_or_default()
}

/// Finds commands whose postings do not sum to zero. They are scattered over the journal, so SQLite looks at all at once, and
/// gives only those that are not zero digit group by digit group: nearly none.
async fn commands(connection: &mut SqliteConnection, auditor: &mut Auditor) -> Result<(), Fault> {
    let found = sqlx::query!(
        r#"SELECT command_id AS "command_id!: Bits", coin_id AS "coin_id!: String", high AS "high!: i64",
            middle AS "middle!: i64", low AS "low!: i64"
        FROM (
            SELECT command_id, coin_id,
                SUM((1 - 2 * (amount GLOB '-*')) * CAST(substr(amount, 2, 10) AS INTEGER)) AS high,
                SUM((1 - 2 * (amount GLOB '-*')) * CAST(substr(amount, 12, 9) AS INTEGER)) AS middle,
                SUM((1 - 2 * (amount GLOB '-*')) * CAST(substr(amount, 21, 9) AS INTEGER)) AS low
            FROM postings
            GROUP BY command_id, coin_id
        )
        WHERE high <> 0 OR middle <> 0 OR low <> 0
        ORDER BY command_id, coin_id"#
    );
    for sum in found.fetch_all(connection).await.map_err(cannot)? {
        if sums::whole(sum.high, sum.middle, sum.low) != 0 {
            let command = CommandId::from_u128(sum.command_id.into());
            auditor.unbalanced(command, parse(&sum.coin_id, "a coin id")?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
