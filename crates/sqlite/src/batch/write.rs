//! Writing what a batch changed, with one statement for each table and kind.
//!
//! Every update names the version that was loaded; if a row is not as it was loaded, the batch must not commit.

use hongbao_domain::{
    ledger::{Account, Change, Changes, Movement, Request},
    red_packet::{Claim, Packet},
    time::Timestamp,
};
use hongbao_ports::Fault;
use sqlx::SqliteConnection;

use super::load::{hex, json};
use crate::{fault, journal, row, text};

pub(super) async fn write(tx: &mut SqliteConnection, changes: &Changes, now: Timestamp) -> Result<(), Fault> {
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

async fn accounts(tx: &mut SqliteConnection, changes: &[Change<Account>]) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the accounts");
    let (new, old): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.before.is_none());
    let row = |change: &&Change<Account>| {
        let Account { key, purse, held, changed_at, .. } = change.after;
        let before = change.before.map(|before| (before.purse.entries, text::unsigned(before.held)));
        let (balance, held) = (text::unsigned(purse.balance), text::unsigned(held));
        (key.user.to_string(), key.coin.to_string(), balance, held, purse.entries, changed_at.to_micros(), before)
    };
    if !new.is_empty() {
        let rows = json(new.iter().map(row));
        sqlx::query!(
            "INSERT INTO accounts (user_id, coin_id, balance, held, version, changed_at)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
            rows
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
    }
    if !old.is_empty() {
        let rows = json(old.iter().map(row));
        let written = sqlx::query!(
            "UPDATE accounts
            SET balance = new.value ->> 2, held = new.value ->> 3, version = new.value ->> 4,
                changed_at = new.value ->> 5
            FROM json_each(?1) AS new
            WHERE accounts.user_id = new.value ->> 0
                AND accounts.coin_id = new.value ->> 1
                AND accounts.version = new.value ->> '$[6][0]'
                AND accounts.held = new.value ->> '$[6][1]'",
            rows
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
        exactly(written.rows_affected(), old.len(), "cannot update the accounts: one has changed since it was loaded")?;
    }
    Ok(())
}

async fn packets(tx: &mut SqliteConnection, changes: &[Change<Packet>]) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the packets");
    let (new, old): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.before.is_none());
    let moving = |packet: &Packet| {
        let (state, lease_until) = row::packet_state(packet.state);
        let ended_at = packet.ended_at.map(Timestamp::to_micros);
        (state, lease_until, text::unsigned(packet.purse.balance), packet.purse.entries, ended_at)
    };
    if !new.is_empty() {
        let rows = json(new.iter().map(|change| {
            let packet = &change.after;
            let names = (hex(packet.id.to_u128()), packet.sender.to_string(), packet.coin.to_string());
            let times = (packet.created_at.to_micros(), packet.expires_at.to_micros(), packet.changed_at.to_micros());
            let total = text::unsigned(packet.total);
            (names, moving(packet), times, total, packet.remark.as_str(), packet.version)
        }));
        sqlx::query!(
            "INSERT INTO packets (id, sender_id, coin_id, state, lease_until, held, entries, ended_at,
                created_at, expires_at, changed_at, total, remark, version)
            SELECT unhex(value ->> '$[0][0]'), value ->> '$[0][1]', value ->> '$[0][2]',
                value ->> '$[1][0]', value ->> '$[1][1]', value ->> '$[1][2]', value ->> '$[1][3]', value ->> '$[1][4]',
                value ->> '$[2][0]', value ->> '$[2][1]', value ->> '$[2][2]', value ->> 3, value ->> 4, value ->> 5
            FROM json_each(?1)",
            rows
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
    }
    if !old.is_empty() {
        let rows = json(old.iter().map(|change| {
            let packet = &change.after;
            let before = change.before.as_ref().map_or(0, |before| before.version);
            (hex(packet.id.to_u128()), before, moving(packet), packet.changed_at.to_micros(), packet.version)
        }));
        let written = sqlx::query!(
            "UPDATE packets
            SET state = new.value ->> '$[2][0]', lease_until = new.value ->> '$[2][1]', held = new.value ->> '$[2][2]',
                entries = new.value ->> '$[2][3]', ended_at = new.value ->> '$[2][4]',
                changed_at = new.value ->> 3, version = new.value ->> 4
            FROM json_each(?1) AS new
            WHERE packets.id = unhex(new.value ->> 0) AND packets.version = new.value ->> 1",
            rows
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
        exactly(written.rows_affected(), old.len(), "cannot update the packets: one has changed since it was loaded")?;
    }
    Ok(())
}

/// Writes shares. Their guard is that of their packet, whose version goes up with each change of a share.
async fn shares(tx: &mut SqliteConnection, packets: &[Change<Packet>]) -> Result<(), Fault> {
    let rows: Vec<_> = packets
        .iter()
        .flat_map(|packet| {
            packet.shares().map(|share| {
                let share = share.after;
                let user = |user: Option<hongbao_domain::id::UserId>| user.map(|user| user.to_string());
                let amount = text::unsigned(share.amount);
                (hex(packet.after.id.to_u128()), share.number, amount, user(share.receiver), user(share.taker))
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = json(rows);
    sqlx::query!(
        "INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1) WHERE TRUE
        ON CONFLICT (packet_id, number) DO UPDATE SET taker_id = excluded.taker_id",
        rows
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot write the shares"))?;
    Ok(())
}

/// Writes claims, those that are released first: their shares may be taken by others in the same batch.
async fn claims(tx: &mut SqliteConnection, packets: &[Change<Packet>]) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the claims");
    let row = |packet: &Change<Packet>, change: &Change<Claim>| {
        let Claim { taker, share, state, version, changed_at } = change.after;
        let (state, lease_until) = row::claim_state(state);
        let before = change.before.map_or(0, |before| before.version);
        let names = (hex(packet.after.id.to_u128()), taker.to_string());
        (names, share, state, lease_until, version, changed_at.to_micros(), before)
    };
    let pairs = packets.iter().flat_map(|packet| packet.claims().map(move |claim| (packet, claim)));
    let (new, mut old): (Vec<_>, Vec<_>) = pairs.partition(|(_, claim)| claim.before.is_none());
    if !old.is_empty() {
        old.sort_by_key(|(_, claim)| claim.after.state != hongbao_domain::red_packet::ClaimState::Released);
        let rows = json(old.iter().map(|(packet, claim)| row(packet, claim)));
        let written = sqlx::query!(
            "UPDATE claims
            SET share_number = new.value ->> 1, state = new.value ->> 2, lease_until = new.value ->> 3,
                version = new.value ->> 4, changed_at = new.value ->> 5
            FROM json_each(?1) AS new
            WHERE claims.packet_id = unhex(new.value ->> '$[0][0]')
                AND claims.taker_id = new.value ->> '$[0][1]'
                AND claims.version = new.value ->> 6",
            rows
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
        exactly(written.rows_affected(), old.len(), "cannot update the claims: one has changed since it was loaded")?;
    }
    if !new.is_empty() {
        let rows = json(new.iter().map(|(packet, claim)| row(packet, claim)));
        sqlx::query!(
            "INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
            SELECT unhex(value ->> '$[0][0]'), value ->> '$[0][1]', value ->> 1, value ->> 2, value ->> 3, value ->> 4,
                value ->> 5
            FROM json_each(?1)",
            rows
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?;
    }
    Ok(())
}

async fn movements(tx: &mut SqliteConnection, movements: &[Movement]) -> Result<(), Fault> {
    if movements.is_empty() {
        return Ok(());
    }
    let rows = json(movements.iter().map(|movement| {
        let Movement { reference, direction, account, amount, at } = movement;
        let (user, coin) = (account.user.to_string(), account.coin.to_string());
        let direction = row::direction(*direction);
        (reference.to_string(), direction, user, coin, text::unsigned(*amount), at.to_micros())
    }));
    sqlx::query!(
        "INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
        rows
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot write the movements"))?;
    Ok(())
}

/// Records requests; the step that ends a request overwrites what its first step wrote.
async fn requests(tx: &mut SqliteConnection, requests: &[Request], now: Timestamp) -> Result<(), Fault> {
    for request in requests {
        let (user, key, fingerprint) = (request.user.as_str(), request.key.as_str(), &request.fingerprint[..]);
        let reply = request.reply.as_ref();
        let (status, outcome) = (reply.map(|reply| reply.status), reply.map(|reply| reply.outcome.as_str()));
        let now = now.to_micros();
        sqlx::query!(
            "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (user_id, method, request_key) DO UPDATE
            SET fingerprint = excluded.fingerprint, status = excluded.status, outcome = excluded.outcome",
            user,
            request.method,
            key,
            fingerprint,
            status,
            outcome,
            now
        )
        .execute(&mut *tx)
        .await
        .map_err(|error| fault::of(error, "cannot record the request"))?;
    }
    Ok(())
}
