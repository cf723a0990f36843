//! Accounts, packets, shares, claims, movements and postings: usually one statement for the rows that were there and one for
//! those that are new.
//!
//! A batch of red packets touches most of these tables, and each statement is a round trip. What was there comes first: a claim
//! that gives its share back makes room for the one that takes it. Each update names what was loaded: if a row is not as it
//! was, the batch must not commit. A new row whose key is taken has a unique key, and the batch is run again on what is there.

#![expect(clippy::as_conversions, reason = "a cast tells the macros the type of an array that has NULLs or fewer bits")]

use hongbao_domain::{
    store::{Update, Written},
    time::Timestamp,
};
use hongbao_ports::Fault;
use hongbao_store::{
    Attempt, Writes,
    rows::{AccountRow, ClaimRow, MovementRow, PacketRow, PostingRow, ShareRow},
};
use sqlx::{PgConnection, query};

use super::statement::{cannot, exactly};
use crate::codec::{amounts, column, narrow, uuid};

/// Writes rows that were loaded.
pub(super) async fn update(tx: &mut PgConnection, writes: &Writes) -> Result<(), Fault> {
    let Writes { accounts, packets, shares, claims, .. } = writes;
    let mut changed =
        Changed { accounts: &accounts.updated, packets: &packets.updated, shares: &shares.updated, claims: &[] };
    // In one batch a share may go from one taker to another; within a statement no row is the first.
    let is_released = |row: &Update<ClaimRow>| row.after.state == "released";
    let (released, taken): (Vec<_>, Vec<_>) = claims.updated.iter().cloned().partition(is_released);
    if released.is_empty() || taken.is_empty() {
        changed.claims = &claims.updated;
        return write_changed(tx, &changed).await;
    }
    write_changed(tx, &Changed { claims: &released, ..Changed::default() }).await?;
    changed.claims = &taken;
    write_changed(tx, &changed).await
}

#[derive(Default)]
struct Changed<'rows> {
    accounts: &'rows [Update<AccountRow>],
    packets: &'rows [Update<PacketRow>],
    shares: &'rows [Update<ShareRow>],
    claims: &'rows [Update<ClaimRow>],
}

async fn write_changed(tx: &mut PgConnection, changed: &Changed<'_>) -> Result<(), Fault> {
    let Changed { accounts, packets, shares, claims } = *changed;
    let given = accounts.len() + packets.len() + shares.len() + claims.len();
    if given == 0 {
        return Ok(());
    }
    let written = query!(
        r#"WITH written_accounts AS (
            UPDATE accounts AS a
            SET balance = new.balance, held = new.held, version = new.version, changed_at = new.changed_at
            FROM (
                SELECT unnest($1::TEXT[]) AS user_id, unnest($2::TEXT[]) AS coin_id, unnest($3::NUMERIC[]) AS balance,
                    unnest($4::BIGINT[]) AS version, unnest($5::BIGINT[]) AS changed_at,
                    unnest($6::BIGINT[]) AS loaded, unnest($24::NUMERIC[]) AS held,
                    unnest($25::NUMERIC[]) AS loaded_held
            ) AS new
            WHERE a.user_id = new.user_id AND a.coin_id = new.coin_id AND a.version = new.loaded
                AND a.held = new.loaded_held
            RETURNING 1
        ), written_packets AS (
            UPDATE packets AS p
            SET state = new.state, lease_until = new.lease_until, held = new.held, entries = new.entries,
                ended_at = new.ended_at, changed_at = new.changed_at, version = new.version
            FROM (
                SELECT unnest($7::UUID[]) AS id, unnest($8::TEXT[]) AS state, unnest($9::BIGINT[]) AS lease_until,
                    unnest($10::NUMERIC[]) AS held, unnest($11::BIGINT[]) AS entries,
                    unnest($12::BIGINT[]) AS ended_at, unnest($13::BIGINT[]) AS changed_at,
                    unnest($14::BIGINT[]) AS version, unnest($15::BIGINT[]) AS loaded
            ) AS new
            WHERE p.id = new.id AND p.version = new.loaded
            RETURNING 1
        ), written_claims AS (
            UPDATE claims AS c
            SET share_number = new.share_number, state = new.state, lease_until = new.lease_until,
                changed_at = new.changed_at, version = new.version
            FROM (
                SELECT unnest($16::UUID[]) AS packet_id, unnest($17::TEXT[]) AS taker_id,
                    unnest($18::INTEGER[]) AS share_number, unnest($19::TEXT[]) AS state,
                    unnest($20::BIGINT[]) AS lease_until, unnest($21::BIGINT[]) AS changed_at,
                    unnest($22::BIGINT[]) AS version, unnest($23::BIGINT[]) AS loaded
            ) AS new
            WHERE c.packet_id = new.packet_id AND c.taker_id = new.taker_id AND c.version = new.loaded
            RETURNING 1
        ), written_shares AS (
            UPDATE shares AS s
            SET taker_id = new.taker_id
            FROM (
                SELECT unnest($26::UUID[]) AS packet_id, unnest($27::INTEGER[]) AS number,
                    unnest($28::TEXT[]) AS taker_id
            ) AS new
            WHERE s.packet_id = new.packet_id AND s.number = new.number
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM written_accounts) + (SELECT count(*) FROM written_packets)
            + (SELECT count(*) FROM written_claims) + (SELECT count(*) FROM written_shares) AS "rows!""#,
        &column(accounts, |row| row.after.user_id.clone()),
        &column(accounts, |row| row.after.coin_id.clone()),
        &amounts(accounts, |row| row.after.balance)?,
        &column(accounts, |row| row.after.version),
        &column(accounts, |row| row.after.changed_at),
        &column(accounts, |row| row.before.version),
        &column(packets, |row| uuid(row.after.id)),
        &column(packets, |row| row.after.state.clone()),
        &column(packets, |row| row.after.lease_until) as &[Option<i64>],
        &amounts(packets, |row| row.after.held)?,
        &column(packets, |row| row.after.entries),
        &column(packets, |row| row.after.ended_at) as &[Option<i64>],
        &column(packets, |row| row.after.changed_at),
        &column(packets, |row| row.after.version),
        &column(packets, |row| row.before.version),
        &column(claims, |row| uuid(row.after.packet_id)),
        &column(claims, |row| row.after.taker_id.clone()),
        &narrow(claims, |row| row.after.share_number)? as &[i32],
        &column(claims, |row| row.after.state.clone()),
        &column(claims, |row| row.after.lease_until) as &[Option<i64>],
        &column(claims, |row| row.after.changed_at),
        &column(claims, |row| row.after.version),
        &column(claims, |row| row.before.version),
        &amounts(accounts, |row| row.after.held)?,
        &amounts(accounts, |row| row.before.held)?,
        &column(shares, |row| uuid(row.after.packet_id)),
        &narrow(shares, |row| row.after.number)? as &[i32],
        &column(shares, |row| row.after.taker_id.clone()) as &[Option<String>]
    )
    .fetch_one(tx)
    .await
    .map_err(cannot)?;
    exactly(written.rows.unsigned_abs(), given)
}

/// Rows that are not there yet.
#[derive(Default)]
pub(super) struct New<'rows> {
    pub(super) accounts: &'rows [AccountRow],
    pub(super) movements: &'rows [MovementRow],
    pub(super) packets: &'rows [PacketRow],
    pub(super) shares: &'rows [ShareRow],
    pub(super) claims: &'rows [ClaimRow],
    pub(super) postings: &'rows [PostingRow],
}

impl<'rows> New<'rows> {
    pub(super) fn of(writes: &'rows Writes) -> Self {
        fn new<R>(written: &Written<R>) -> &[R] {
            &written.inserted
        }
        Self {
            accounts: new(&writes.accounts),
            movements: &writes.movements,
            packets: new(&writes.packets),
            shares: new(&writes.shares),
            claims: new(&writes.claims),
            postings: &writes.postings,
        }
    }
}

/// Writes what is new, and the attempt, if it is one, at its time.
pub(super) async fn insert(
    tx: &mut PgConnection,
    new: &New<'_>,
    attempt: Option<(Attempt, Timestamp)>,
) -> Result<(), Fault> {
    insert_accounts_and_movements(tx, new).await?;
    let New { packets, shares, claims, postings, .. } = *new;
    if packets.is_empty() && shares.is_empty() && claims.is_empty() && postings.is_empty() && attempt.is_none() {
        return Ok(());
    }
    let attempts: Vec<_> = attempt.into_iter().collect();
    query!(
        "WITH new_packets AS (
            INSERT INTO packets (id, state, lease_until, held, entries, ended_at, changed_at, version, sender_id,
                coin_id, total, remark, created_at, expires_at)
            SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::BIGINT[]), unnest($4::NUMERIC[]),
                unnest($5::BIGINT[]), unnest($6::BIGINT[]), unnest($7::BIGINT[]), unnest($8::BIGINT[]),
                unnest($9::TEXT[]), unnest($10::TEXT[]), unnest($11::NUMERIC[]), unnest($12::TEXT[]),
                unnest($13::BIGINT[]), unnest($14::BIGINT[])
        ), written_shares AS (
            INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
            SELECT unnest($15::UUID[]), unnest($16::INTEGER[]), unnest($17::NUMERIC[]), unnest($18::TEXT[]),
                unnest($19::TEXT[])
        ), new_claims AS (
            INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
            SELECT unnest($20::UUID[]), unnest($21::TEXT[]), unnest($22::INTEGER[]), unnest($23::TEXT[]),
                unnest($24::BIGINT[]), unnest($25::BIGINT[]), unnest($26::BIGINT[])
        ), new_postings AS (
            INSERT INTO postings (owner_id, holder, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT unnest($27::TEXT[]), unnest($28::TEXT[]), unnest($29::TEXT[]), unnest($30::BIGINT[]),
                unnest($31::UUID[]), unnest($32::TEXT[]), unnest($33::NUMERIC[]), unnest($34::NUMERIC[]),
                unnest($35::BIGINT[])
        )
        INSERT INTO attempts (id, is_tombstone, begun_at)
        SELECT unnest($36::UUID[]), FALSE, unnest($37::BIGINT[])",
        &column(packets, |row| uuid(row.id)),
        &column(packets, |row| row.state.clone()),
        &column(packets, |row| row.lease_until) as &[Option<i64>],
        &amounts(packets, |row| row.held)?,
        &column(packets, |row| row.entries),
        &column(packets, |row| row.ended_at) as &[Option<i64>],
        &column(packets, |row| row.changed_at),
        &column(packets, |row| row.version),
        &column(packets, |row| row.sender_id.clone()),
        &column(packets, |row| row.coin_id.clone()),
        &amounts(packets, |row| row.total)?,
        &column(packets, |row| row.remark.clone()),
        &column(packets, |row| row.created_at),
        &column(packets, |row| row.expires_at),
        &column(shares, |row| uuid(row.packet_id)),
        &narrow(shares, |row| row.number)? as &[i32],
        &amounts(shares, |row| row.amount)?,
        &column(shares, |row| row.receiver_id.clone()) as &[Option<String>],
        &column(shares, |row| row.taker_id.clone()) as &[Option<String>],
        &column(claims, |row| uuid(row.packet_id)),
        &column(claims, |row| row.taker_id.clone()),
        &narrow(claims, |row| row.share_number)? as &[i32],
        &column(claims, |row| row.state.clone()),
        &column(claims, |row| row.lease_until) as &[Option<i64>],
        &column(claims, |row| row.version),
        &column(claims, |row| row.changed_at),
        &column(postings, |row| row.owner_id.clone()),
        &column(postings, |row| row.holder.clone()),
        &column(postings, |row| row.coin_id.clone()),
        &column(postings, |row| row.seq),
        &column(postings, |row| uuid(row.command_id)),
        &column(postings, |row| row.cause.clone()),
        &amounts(postings, |row| row.amount.0)?,
        &amounts(postings, |row| row.balance.0)?,
        &column(postings, |row| row.posted_at),
        &column(&attempts, |(attempt, _)| uuid(attempt.id.to_u128())),
        &column(&attempts, |(_, now)| now.to_micros())
    )
    .execute(tx)
    .await
    .map_err(cannot)?;
    Ok(())
}

/// Most batches have none of these.
async fn insert_accounts_and_movements(tx: &mut PgConnection, new: &New<'_>) -> Result<(), Fault> {
    let New { accounts, movements, .. } = *new;
    if accounts.is_empty() && movements.is_empty() {
        return Ok(());
    }
    query!(
        "WITH new_accounts AS (
            INSERT INTO accounts (user_id, coin_id, balance, version, changed_at, held)
            SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::NUMERIC[]), unnest($4::BIGINT[]),
                unnest($5::BIGINT[]), unnest($12::NUMERIC[])
        )
        INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::TEXT[]), unnest($10::NUMERIC[]),
            unnest($11::BIGINT[])",
        &column(accounts, |row| row.user_id.clone()),
        &column(accounts, |row| row.coin_id.clone()),
        &amounts(accounts, |row| row.balance)?,
        &column(accounts, |row| row.version),
        &column(accounts, |row| row.changed_at),
        &column(movements, |row| row.reference.clone()),
        &column(movements, |row| row.direction.clone()),
        &column(movements, |row| row.user_id.clone()),
        &column(movements, |row| row.coin_id.clone()),
        &amounts(movements, |row| row.amount)?,
        &column(movements, |row| row.moved_at),
        &amounts(accounts, |row| row.held)?
    )
    .execute(tx)
    .await
    .map_err(cannot)?;
    Ok(())
}
