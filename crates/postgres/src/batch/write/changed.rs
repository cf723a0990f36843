//! Rows that were loaded. Each names the version that it had: if one is not as it was loaded, the batch must not commit.
#![expect(clippy::as_conversions, reason = "a cast tells the macros that an array has NULLs in it")]

use hongbao_domain::{
    ledger::{Account, Change, Changes},
    red_packet::{Claim, ClaimState, Packet},
    time::Timestamp,
};
use hongbao_ports::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{column, exactly, is_new, numbers, versions};
use crate::{amount, fault, row, transaction::uuid};

/// A claim and the packet that it belongs to.
type ClaimOf = (Uuid, Change<Claim>);

pub(super) async fn write(tx: &mut PgConnection, changes: &Changes) -> Result<(), Fault> {
    let accounts: Vec<_> = changes.accounts.iter().filter(|change| !is_new(change)).collect();
    let packets: Vec<_> = changes.packets.iter().filter(|change| !is_new(change)).collect();
    let claims = packets.iter().flat_map(|packet| {
        let id = uuid(packet.after.id.to_u128());
        packet.claims().filter(|claim| !is_new(claim)).map(move |claim| (id, claim))
    });
    // In one batch a share may go from one taker to another; within a statement nobody knows which row is first.
    let (released, taken): (Vec<_>, Vec<_>) = claims.partition(|(_, claim)| claim.after.state == ClaimState::Released);
    if !released.is_empty() && !taken.is_empty() {
        update(tx, &[], &[], &released).await?;
        return update(tx, &accounts, &packets, &taken).await;
    }
    update(tx, &accounts, &packets, &[released, taken].concat()).await
}

async fn update(
    tx: &mut PgConnection,
    accounts: &[&Change<Account>],
    packets: &[&Change<Packet>],
    claims: &[ClaimOf],
) -> Result<(), Fault> {
    if accounts.is_empty() && packets.is_empty() && claims.is_empty() {
        return Ok(());
    }
    let written = sqlx::query!(
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
        )
        SELECT (SELECT count(*) FROM written_accounts) + (SELECT count(*) FROM written_packets)
            + (SELECT count(*) FROM written_claims) AS "rows!""#,
        &column(accounts, |row| row.after.key.user.to_string()),
        &column(accounts, |row| row.after.key.coin.to_string()),
        &column(accounts, |row| amount::unsigned(row.after.purse.balance)),
        &versions(accounts, |row| row.after.purse.entries)?,
        &column(accounts, |row| row.after.changed_at.to_micros()),
        &versions(accounts, |row| row.before.map_or(0, |before| before.purse.entries))?,
        &column(packets, |row| uuid(row.after.id.to_u128())),
        &column(packets, |row| row::packet_state(row.after.state).0.to_owned()),
        &column(packets, |row| row::packet_state(row.after.state).1) as &[Option<i64>],
        &column(packets, |row| amount::unsigned(row.after.purse.balance)),
        &versions(packets, |row| row.after.purse.entries)?,
        &column(packets, |row| row.after.ended_at.map(Timestamp::to_micros)) as &[Option<i64>],
        &column(packets, |row| row.after.changed_at.to_micros()),
        &versions(packets, |row| row.after.version)?,
        &versions(packets, |row| row.before.as_ref().map_or(0, |before| before.version))?,
        &column(claims, |row| row.0),
        &column(claims, |row| row.1.after.taker.to_string()),
        &numbers(claims, |row| row.1.after.share)?,
        &column(claims, |row| row::claim_state(row.1.after.state).0.to_owned()),
        &column(claims, |row| row::claim_state(row.1.after.state).1) as &[Option<i64>],
        &column(claims, |row| row.1.after.changed_at.to_micros()),
        &versions(claims, |row| row.1.after.version)?,
        &versions(claims, |row| row.1.before.map_or(0, |before| before.version))?,
        &column(accounts, |row| amount::unsigned(row.after.held)),
        &column(accounts, |row| amount::unsigned(row.before.map(|before| before.held).unwrap_or_default()))
    )
    .fetch_one(tx)
    .await
    .map_err(|error| fault::of(error, "cannot write what was changed"))?;
    let given = accounts.len() + packets.len() + claims.len();
    exactly(written.rows.unsigned_abs(), given, "cannot write what was changed: a row is not as it was loaded")
}
