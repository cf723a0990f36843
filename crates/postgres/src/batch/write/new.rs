//! Rows that are new. One that is there already has a unique key, and the batch is run again on what is there.
#![expect(clippy::as_conversions, reason = "a cast tells the macros that an array has NULLs in it")]

use hongbao_domain::{
    ledger::{Change, Changes},
    red_packet::{Claim, Packet, Share},
    time::Timestamp,
};
use hongbao_ledger::Attempt;
use hongbao_ports::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{column, is_new, numbers, versions};
use crate::{amount, attempt, fault, row, transaction::uuid};

/// Writes what is new, the attempt with it.
pub(super) async fn write(
    tx: &mut PgConnection,
    changes: &Changes,
    attempt: Attempt,
    now: Timestamp,
) -> Result<(), Fault> {
    accounts_and_movements(tx, changes).await?;
    packets_and_postings(tx, changes, attempt, now).await
}

/// Most batches have none of these.
async fn accounts_and_movements(tx: &mut PgConnection, changes: &Changes) -> Result<(), Fault> {
    let accounts: Vec<_> = changes.accounts.iter().filter(|change| is_new(change)).collect();
    let movements = &changes.movements;
    if accounts.is_empty() && movements.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "WITH new_accounts AS (
            INSERT INTO accounts (user_id, coin_id, balance, version, changed_at, held)
            SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::NUMERIC[]), unnest($4::BIGINT[]),
                unnest($5::BIGINT[]), unnest($12::NUMERIC[])
        )
        INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::TEXT[]), unnest($10::NUMERIC[]),
            unnest($11::BIGINT[])",
        &column(&accounts, |row| row.after.key.user.to_string()),
        &column(&accounts, |row| row.after.key.coin.to_string()),
        &column(&accounts, |row| amount::unsigned(row.after.purse.balance)),
        &versions(&accounts, |row| row.after.purse.entries)?,
        &column(&accounts, |row| row.after.changed_at.to_micros()),
        &column(movements, |row| row.reference.to_string()),
        &column(movements, |row| row::direction(row.direction).to_owned()),
        &column(movements, |row| row.account.user.to_string()),
        &column(movements, |row| row.account.coin.to_string()),
        &column(movements, |row| amount::unsigned(row.amount)),
        &column(movements, |row| row.at.to_micros()),
        &column(&accounts, |row| amount::unsigned(row.after.held))
    )
    .execute(tx)
    .await
    .map_err(|error| fault::of(error, "cannot write what is new"))?;
    Ok(())
}

/// Writes what a batch of red packets makes, and the attempt.
///
/// Shares are written here, new or old: their guard is that of their packet, whose version goes up with each change of one.
async fn packets_and_postings(
    tx: &mut PgConnection,
    changes: &Changes,
    attempt: Attempt,
    now: Timestamp,
) -> Result<(), Fault> {
    let packets: Vec<_> = changes.packets.iter().filter(|change| is_new(change)).map(|packet| &packet.after).collect();
    let shares: Vec<_> = changes.packets.iter().flat_map(shares_of).collect();
    let claims: Vec<_> = changes.packets.iter().flat_map(claims_of).collect();
    let postings = &changes.postings;
    if packets.is_empty() && shares.is_empty() && claims.is_empty() && postings.is_empty() {
        return attempt::record_at(tx, attempt, Some(now.to_micros())).await;
    }
    sqlx::query!(
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
            ON CONFLICT (packet_id, number) DO UPDATE SET taker_id = excluded.taker_id
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
        INSERT INTO attempts (id, is_tombstone, begun_at) VALUES ($36, FALSE, $37)",
        &column(&packets, |row| uuid(row.id.to_u128())),
        &column(&packets, |row| row::packet_state(row.state).0.to_owned()),
        &column(&packets, |row| row::packet_state(row.state).1) as &[Option<i64>],
        &column(&packets, |row| amount::unsigned(row.purse.balance)),
        &versions(&packets, |row| row.purse.entries)?,
        &column(&packets, |row| row.ended_at.map(Timestamp::to_micros)) as &[Option<i64>],
        &column(&packets, |row| row.changed_at.to_micros()),
        &versions(&packets, |row| row.version)?,
        &column(&packets, |row| row.sender.to_string()),
        &column(&packets, |row| row.coin.to_string()),
        &column(&packets, |row| amount::unsigned(row.total)),
        &column(&packets, |row| row.remark.as_str().to_owned()),
        &column(&packets, |row| row.created_at.to_micros()),
        &column(&packets, |row| row.expires_at.to_micros()),
        &column(&shares, |row| row.0),
        &numbers(&shares, |row| row.1.number)?,
        &column(&shares, |row| amount::unsigned(row.1.amount)),
        &column(&shares, |row| row.1.receiver.map(|user| user.to_string())) as &[Option<String>],
        &column(&shares, |row| row.1.taker.map(|user| user.to_string())) as &[Option<String>],
        &column(&claims, |row| row.0),
        &column(&claims, |row| row.1.taker.to_string()),
        &numbers(&claims, |row| row.1.share)?,
        &column(&claims, |row| row::claim_state(row.1.state).0.to_owned()),
        &column(&claims, |row| row::claim_state(row.1.state).1) as &[Option<i64>],
        &versions(&claims, |row| row.1.version)?,
        &column(&claims, |row| row.1.changed_at.to_micros()),
        &column(postings, |row| row::holder(row.holder).1),
        &column(postings, |row| row::holder(row.holder).0.to_owned()),
        &column(postings, |row| row.coin.to_string()),
        &versions(postings, |row| row.seq)?,
        &column(postings, |row| uuid(row.command.to_u128())),
        &column(postings, |row| row.cause.as_str().to_owned()),
        &column(postings, |row| amount::signed(row.amount)),
        &column(postings, |row| amount::signed(row.balance)),
        &column(postings, |row| row.at.to_micros()),
        uuid(attempt.id.to_u128()),
        now.to_micros()
    )
    .execute(tx)
    .await
    .map_err(|error| fault::of(error, "cannot write what is new"))?;
    Ok(())
}

/// The shares of a packet that are new or were changed.
fn shares_of(packet: &Change<Packet>) -> impl Iterator<Item = (Uuid, Share)> {
    let id = uuid(packet.after.id.to_u128());
    packet.shares().map(move |share| (id, share.after))
}

/// The claims of a packet that are new.
fn claims_of(packet: &Change<Packet>) -> impl Iterator<Item = (Uuid, Claim)> {
    let id = uuid(packet.after.id.to_u128());
    packet.claims().filter(is_new).map(move |claim| (id, claim.after))
}
