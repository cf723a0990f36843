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
use crate::{amount, fault, row, transaction::uuid};

/// Writes what is new, the attempt with it.
///
/// Shares are written here, new or old: their guard is that of their packet, whose version goes up with each change of one.
pub(super) async fn write(
    tx: &mut PgConnection,
    changes: &Changes,
    attempt: Attempt,
    now: Timestamp,
) -> Result<(), Fault> {
    let accounts: Vec<_> = changes.accounts.iter().filter(|change| is_new(change)).collect();
    let packets: Vec<_> = changes.packets.iter().filter(|change| is_new(change)).map(|packet| &packet.after).collect();
    let shares: Vec<_> = changes.packets.iter().flat_map(shares_of).collect();
    let claims: Vec<_> = changes.packets.iter().flat_map(claims_of).collect();
    let (movements, postings) = (&changes.movements, &changes.postings);
    sqlx::query!(
        "WITH new_accounts AS (
            INSERT INTO accounts (user_id, coin_id, balance, version, changed_at)
            SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::NUMERIC[], $4::BIGINT[], $5::BIGINT[])
        ), new_packets AS (
            INSERT INTO packets (id, state, lease_until, held, entries, ended_at, changed_at, version, sender_id,
                coin_id, total, remark, created_at, expires_at)
            SELECT * FROM unnest($6::UUID[], $7::TEXT[], $8::BIGINT[], $9::NUMERIC[], $10::BIGINT[], $11::BIGINT[],
                $12::BIGINT[], $13::BIGINT[], $14::TEXT[], $15::TEXT[], $16::NUMERIC[], $17::TEXT[], $18::BIGINT[],
                $19::BIGINT[])
        ), written_shares AS (
            INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
            SELECT * FROM unnest($20::UUID[], $21::INTEGER[], $22::NUMERIC[], $23::TEXT[], $24::TEXT[])
            ON CONFLICT (packet_id, number) DO UPDATE SET taker_id = excluded.taker_id
        ), new_claims AS (
            INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
            SELECT * FROM unnest($25::UUID[], $26::TEXT[], $27::INTEGER[], $28::TEXT[], $29::BIGINT[], $30::BIGINT[],
                $31::BIGINT[])
        ), new_movements AS (
            INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
            SELECT * FROM unnest($32::TEXT[], $33::TEXT[], $34::TEXT[], $35::TEXT[], $36::NUMERIC[], $37::BIGINT[])
        ), new_postings AS (
            INSERT INTO postings (owner_id, holder, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT * FROM unnest($38::TEXT[], $39::TEXT[], $40::TEXT[], $41::BIGINT[], $42::UUID[], $43::TEXT[],
                $44::NUMERIC[], $45::NUMERIC[], $46::BIGINT[])
        )
        INSERT INTO attempts (id, is_tombstone, begun_at) VALUES ($47, FALSE, $48)",
        &column(&accounts, |row| row.after.key.user.to_string()),
        &column(&accounts, |row| row.after.key.coin.to_string()),
        &column(&accounts, |row| amount::unsigned(row.after.purse.balance)),
        &versions(&accounts, |row| row.after.purse.entries)?,
        &column(&accounts, |row| row.after.changed_at.to_micros()),
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
        &column(movements, |row| row.reference.to_string()),
        &column(movements, |row| row::direction(row.direction).to_owned()),
        &column(movements, |row| row.account.user.to_string()),
        &column(movements, |row| row.account.coin.to_string()),
        &column(movements, |row| amount::unsigned(row.amount)),
        &column(movements, |row| row.at.to_micros()),
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
