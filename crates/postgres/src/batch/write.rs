//! Writing what a batch changed, with one statement for each table and kind.
//!
//! Every update names the version that was loaded; if a row is not as it was loaded, the batch must not commit.
#![expect(clippy::as_conversions, reason = "a cast tells the macros that an array has NULLs in it")]

use hongbao_domain::{
    ledger::{Account, Change, Changes, Movement, Request},
    red_packet::{Claim, ClaimState, Packet, Share},
    time::Timestamp,
};
use hongbao_ports::Fault;
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{amount, fault, journal, row, transaction::uuid};

pub(super) async fn write(tx: &mut PgConnection, changes: &Changes, now: Timestamp) -> Result<(), Fault> {
    accounts(tx, &changes.accounts).await?;
    packets(tx, &changes.packets).await?;
    shares(tx, &changes.packets).await?;
    claims(tx, &changes.packets).await?;
    movements(tx, &changes.movements).await?;
    journal::append(tx, &changes.postings).await?;
    requests(tx, &changes.requests, now).await
}

/// Fails the batch unless a statement has written just the rows that it was given.
pub(crate) fn exactly(written: u64, given: usize, what: &'static str) -> Result<(), Fault> {
    if usize::try_from(written) == Ok(given) { Ok(()) } else { Err(Fault::unavailable(what)) }
}

/// Writes a version or a count as the database has it.
pub(crate) fn signed(version: u64) -> Result<i64, Fault> {
    i64::try_from(version).map_err(|error| Fault::internal("cannot count versions any further").because(error))
}

/// One array for each column.
pub(crate) fn column<T, C>(rows: &[T], of: impl Fn(&T) -> C) -> Vec<C> {
    rows.iter().map(of).collect()
}

/// One array of versions.
fn versions<T>(rows: &[T], of: impl Fn(&T) -> u64) -> Result<Vec<i64>, Fault> {
    rows.iter().map(|row| signed(of(row))).collect()
}

async fn accounts(tx: &mut PgConnection, changes: &[Change<Account>]) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the accounts");
    let (new, old): (Vec<&Change<Account>>, Vec<_>) = changes.iter().partition(|change| change.before.is_none());
    for rows in [&new, &old] {
        if rows.is_empty() {
            continue;
        }
        let users = column(rows, |row| row.after.key.user.to_string());
        let coins = column(rows, |row| row.after.key.coin.to_string());
        let balances: Vec<Decimal> = column(rows, |row| amount::unsigned(row.after.purse.balance));
        let after = versions(rows, |row| row.after.purse.entries)?;
        let times = column(rows, |row| row.after.changed_at.to_micros());
        let before = versions(rows, |row| row.before.map_or(0, |before| before.purse.entries))?;
        let written = if rows[0].before.is_none() {
            sqlx::query!(
                "INSERT INTO accounts (user_id, coin_id, balance, version, changed_at)
                SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::NUMERIC[], $4::BIGINT[], $5::BIGINT[])",
                &users,
                &coins,
                &balances,
                &after,
                &times
            )
            .execute(&mut *tx)
            .await
        } else {
            sqlx::query!(
                "UPDATE accounts AS a
                SET balance = new.balance, version = new.version, changed_at = new.changed_at
                FROM unnest($1::TEXT[], $2::TEXT[], $3::NUMERIC[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[])
                    AS new (user_id, coin_id, balance, version, changed_at, loaded)
                WHERE a.user_id = new.user_id AND a.coin_id = new.coin_id AND a.version = new.loaded",
                &users,
                &coins,
                &balances,
                &after,
                &times,
                &before
            )
            .execute(&mut *tx)
            .await
        };
        let written = written.map_err(cannot)?.rows_affected();
        exactly(written, rows.len(), "cannot write the accounts: one has changed since it was loaded")?;
    }
    Ok(())
}

async fn packets(tx: &mut PgConnection, changes: &[Change<Packet>]) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the packets");
    let (new, old): (Vec<&Change<Packet>>, Vec<_>) = changes.iter().partition(|change| change.before.is_none());
    for rows in [&new, &old] {
        if rows.is_empty() {
            continue;
        }
        let ids = column(rows, |row| uuid(row.after.id.to_u128()));
        let states = column(rows, |row| row::packet_state(row.after.state).0.to_owned());
        let leases = column(rows, |row| row::packet_state(row.after.state).1);
        let held: Vec<Decimal> = column(rows, |row| amount::unsigned(row.after.purse.balance));
        let entries = versions(rows, |row| row.after.purse.entries)?;
        let ended = column(rows, |row| row.after.ended_at.map(Timestamp::to_micros));
        let times = column(rows, |row| row.after.changed_at.to_micros());
        let after = versions(rows, |row| row.after.version)?;
        let written = if rows[0].before.is_none() {
            let senders = column(rows, |row| row.after.sender.to_string());
            let coins = column(rows, |row| row.after.coin.to_string());
            let totals: Vec<Decimal> = column(rows, |row| amount::unsigned(row.after.total));
            let remarks = column(rows, |row| row.after.remark.as_str().to_owned());
            let created = column(rows, |row| row.after.created_at.to_micros());
            let expires = column(rows, |row| row.after.expires_at.to_micros());
            sqlx::query!(
                "INSERT INTO packets (id, state, lease_until, held, entries, ended_at, changed_at, version, sender_id,
                    coin_id, total, remark, created_at, expires_at)
                SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::BIGINT[], $4::NUMERIC[], $5::BIGINT[], $6::BIGINT[],
                    $7::BIGINT[], $8::BIGINT[], $9::TEXT[], $10::TEXT[], $11::NUMERIC[], $12::TEXT[], $13::BIGINT[],
                    $14::BIGINT[])",
                &ids,
                &states,
                &leases as &[Option<i64>],
                &held,
                &entries,
                &ended as &[Option<i64>],
                &times,
                &after,
                &senders,
                &coins,
                &totals,
                &remarks,
                &created,
                &expires
            )
            .execute(&mut *tx)
            .await
        } else {
            let before = versions(rows, |row| row.before.as_ref().map_or(0, |before| before.version))?;
            sqlx::query!(
                "UPDATE packets AS p
                SET state = new.state, lease_until = new.lease_until, held = new.held, entries = new.entries,
                    ended_at = new.ended_at, changed_at = new.changed_at, version = new.version
                FROM unnest($1::UUID[], $2::TEXT[], $3::BIGINT[], $4::NUMERIC[], $5::BIGINT[], $6::BIGINT[],
                        $7::BIGINT[], $8::BIGINT[], $9::BIGINT[])
                    AS new (id, state, lease_until, held, entries, ended_at, changed_at, version, loaded)
                WHERE p.id = new.id AND p.version = new.loaded",
                &ids,
                &states,
                &leases as &[Option<i64>],
                &held,
                &entries,
                &ended as &[Option<i64>],
                &times,
                &after,
                &before
            )
            .execute(&mut *tx)
            .await
        };
        let written = written.map_err(cannot)?.rows_affected();
        exactly(written, rows.len(), "cannot write the packets: one has changed since it was loaded")?;
    }
    Ok(())
}

/// Writes shares. Their guard is that of their packet, whose version goes up with each change of a share.
async fn shares(tx: &mut PgConnection, packets: &[Change<Packet>]) -> Result<(), Fault> {
    let of = |packet: &Change<Packet>| -> Vec<(Uuid, Share)> {
        let id = uuid(packet.after.id.to_u128());
        packet.shares().map(|share| (id, share.after)).collect()
    };
    let rows: Vec<_> = packets.iter().flat_map(of).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let numbers: Result<Vec<i32>, _> = rows.iter().map(|(_, share)| i32::try_from(share.number)).collect();
    sqlx::query!(
        "INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
        SELECT * FROM unnest($1::UUID[], $2::INTEGER[], $3::NUMERIC[], $4::TEXT[], $5::TEXT[])
        ON CONFLICT (packet_id, number) DO UPDATE SET taker_id = excluded.taker_id",
        &column(&rows, |row| row.0),
        &numbers.map_err(|error| Fault::internal("cannot number the shares").because(error))?,
        &column(&rows, |row| amount::unsigned(row.1.amount)),
        &column(&rows, |row| row.1.receiver.map(|user| user.to_string())) as &[Option<String>],
        &column(&rows, |row| row.1.taker.map(|user| user.to_string())) as &[Option<String>]
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot write the shares"))?;
    Ok(())
}

/// Writes claims: those that are released before those that take a share, which may be the same in one batch.
async fn claims(tx: &mut PgConnection, packets: &[Change<Packet>]) -> Result<(), Fault> {
    let of = |packet: &Change<Packet>| -> Vec<(Uuid, Change<Claim>)> {
        let id = uuid(packet.after.id.to_u128());
        packet.claims().map(|claim| (id, claim)).collect()
    };
    let rows: Vec<_> = packets.iter().flat_map(of).collect();
    let (new, old): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, claim)| claim.before.is_none());
    let (released, taken): (Vec<_>, Vec<_>) =
        old.into_iter().partition(|(_, claim)| claim.after.state == ClaimState::Released);
    for rows in [released, taken, new] {
        write_claims(tx, &rows).await?;
    }
    Ok(())
}

/// Writes claims that are all new or all old.
async fn write_claims(tx: &mut PgConnection, rows: &[(Uuid, Change<Claim>)]) -> Result<(), Fault> {
    let Some((_, first)) = rows.first() else { return Ok(()) };
    let cannot = |error| fault::of(error, "cannot write the claims");
    let packets = column(rows, |row| row.0);
    let takers = column(rows, |row| row.1.after.taker.to_string());
    let numbers: Result<Vec<i32>, _> = rows.iter().map(|(_, claim)| i32::try_from(claim.after.share)).collect();
    let numbers = numbers.map_err(|error| Fault::internal("cannot number the shares").because(error))?;
    let states = column(rows, |row| row::claim_state(row.1.after.state).0.to_owned());
    let leases = column(rows, |row| row::claim_state(row.1.after.state).1);
    let after = versions(rows, |row| row.1.after.version)?;
    let times = column(rows, |row| row.1.after.changed_at.to_micros());
    let written = if first.before.is_none() {
        sqlx::query!(
            "INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
            SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::INTEGER[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[],
                $7::BIGINT[])",
            &packets,
            &takers,
            &numbers,
            &states,
            &leases as &[Option<i64>],
            &after,
            &times
        )
        .execute(&mut *tx)
        .await
    } else {
        let before = versions(rows, |row| row.1.before.map_or(0, |before| before.version))?;
        sqlx::query!(
            "UPDATE claims AS c
            SET share_number = new.share_number, state = new.state, lease_until = new.lease_until,
                version = new.version, changed_at = new.changed_at
            FROM unnest($1::UUID[], $2::TEXT[], $3::INTEGER[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[], $7::BIGINT[],
                    $8::BIGINT[])
                AS new (packet_id, taker_id, share_number, state, lease_until, version, changed_at, loaded)
            WHERE c.packet_id = new.packet_id AND c.taker_id = new.taker_id AND c.version = new.loaded",
            &packets,
            &takers,
            &numbers,
            &states,
            &leases as &[Option<i64>],
            &after,
            &times,
            &before
        )
        .execute(&mut *tx)
        .await
    };
    let written = written.map_err(cannot)?.rows_affected();
    exactly(written, rows.len(), "cannot write the claims: one has changed since it was loaded")
}

async fn movements(tx: &mut PgConnection, movements: &[Movement]) -> Result<(), Fault> {
    if movements.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::NUMERIC[], $6::BIGINT[])",
        &column(movements, |movement| movement.reference.to_string()),
        &column(movements, |movement| row::direction(movement.direction).to_owned()),
        &column(movements, |movement| movement.account.user.to_string()),
        &column(movements, |movement| movement.account.coin.to_string()),
        &column(movements, |movement| amount::unsigned(movement.amount)),
        &column(movements, |movement| movement.at.to_micros())
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot write the movements"))?;
    Ok(())
}

/// Records requests; the step that ends a request overwrites what its first step wrote.
async fn requests(tx: &mut PgConnection, requests: &[Request], now: Timestamp) -> Result<(), Fault> {
    for request in requests {
        let reply = request.reply.as_ref();
        let status = reply.map(|reply| i16::try_from(reply.status)).transpose();
        sqlx::query!(
            "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (user_id, method, request_key) DO UPDATE
            SET fingerprint = excluded.fingerprint, status = excluded.status, outcome = excluded.outcome",
            request.user.as_str(),
            request.method,
            request.key.as_str(),
            &request.fingerprint[..],
            status.map_err(|error| Fault::internal("cannot record the status").because(error))?,
            reply.map(|reply| reply.outcome.as_str()),
            now.to_micros()
        )
        .execute(&mut *tx)
        .await
        .map_err(|error| fault::of(error, "cannot record the request"))?;
    }
    Ok(())
}
