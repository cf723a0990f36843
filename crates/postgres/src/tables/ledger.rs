//! Accounts, packets, shares, claims, movements and postings: usually one statement for the rows that were there and one for
//! those that are new.
//!
//! A batch of red packets touches most of these tables, and each statement is a round trip. What was there comes first: a claim
//! that gives its share back makes room for the one that takes it. Each update names what was loaded: if a row is not as it
//! was, the batch must not commit. A new row whose key is taken has a unique key, and the batch is run again on what is there.

use hongbao_domain::{store::Update, time::Timestamp};
use hongbao_ports::Fault;
use hongbao_store::{
    Attempt, Writes, exactly,
    rows::{AccountRow, ClaimRow, MovementRow, PacketRow, ShareRow, objects},
};
use sqlx::{PgConnection, query};

use super::statement::{after, before, cannot};
use crate::codec::uuid;

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
            FROM json_populate_recordset(NULL::accounts, $1::TEXT::JSON) AS new
            JOIN json_populate_recordset(NULL::accounts, $2::TEXT::JSON) AS former USING (user_id, coin_id)
            WHERE a.user_id = new.user_id AND a.coin_id = new.coin_id AND a.version = former.version
                AND a.held = former.held
            RETURNING 1
        ), written_packets AS (
            UPDATE packets AS p
            SET state = new.state, lease_until = new.lease_until, held = new.held, entries = new.entries,
                ended_at = new.ended_at, changed_at = new.changed_at, version = new.version
            FROM json_populate_recordset(NULL::packets, $3::TEXT::JSON) AS new
            JOIN json_populate_recordset(NULL::packets, $4::TEXT::JSON) AS former USING (id)
            WHERE p.id = new.id AND p.version = former.version
            RETURNING 1
        ), written_claims AS (
            UPDATE claims AS c
            SET share_number = new.share_number, state = new.state, lease_until = new.lease_until,
                changed_at = new.changed_at, version = new.version
            FROM json_populate_recordset(NULL::claims, $5::TEXT::JSON) AS new
            JOIN json_populate_recordset(NULL::claims, $6::TEXT::JSON) AS former USING (packet_id, taker_id)
            WHERE c.packet_id = new.packet_id AND c.taker_id = new.taker_id AND c.version = former.version
            RETURNING 1
        ), written_shares AS (
            UPDATE shares AS s
            SET taker_id = new.taker_id
            FROM json_populate_recordset(NULL::shares, $7::TEXT::JSON) AS new
            WHERE s.packet_id = new.packet_id AND s.number = new.number
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM written_accounts) + (SELECT count(*) FROM written_packets)
            + (SELECT count(*) FROM written_claims) + (SELECT count(*) FROM written_shares) AS "rows!""#,
        after(accounts),
        before(accounts),
        after(packets),
        before(packets),
        after(claims),
        before(claims),
        after(shares)
    )
    .fetch_one(tx)
    .await
    .map_err(cannot)?;
    exactly(written.rows.unsigned_abs(), given)
}

/// Writes what is new, and the attempt, if it is one, at its time.
pub(super) async fn insert(
    tx: &mut PgConnection,
    writes: &Writes,
    attempt: Option<(Attempt, Timestamp)>,
) -> Result<(), Fault> {
    insert_accounts_and_movements(tx, &writes.accounts.inserted, &writes.movements).await?;
    let Writes { packets, shares, claims, postings, .. } = writes;
    let (packets, shares, claims) = (&packets.inserted, &shares.inserted, &claims.inserted);
    if packets.is_empty() && shares.is_empty() && claims.is_empty() && postings.is_empty() && attempt.is_none() {
        return Ok(());
    }
    let (attempt, now) = attempt.map(|(attempt, now)| (uuid(attempt.id.to_u128()), now.to_micros())).unzip();
    query!(
        "WITH new_packets AS (
            INSERT INTO packets (id, sender_id, coin_id, total, held, entries, remark, state, lease_until, created_at,
                expires_at, ended_at, changed_at, version)
            SELECT id, sender_id, coin_id, total, held, entries, remark, state, lease_until, created_at,
                expires_at, ended_at, changed_at, version
            FROM json_populate_recordset(NULL::packets, $1::TEXT::JSON)
        ), new_shares AS (
            INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
            SELECT packet_id, number, amount, receiver_id, taker_id
            FROM json_populate_recordset(NULL::shares, $2::TEXT::JSON)
        ), new_claims AS (
            INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
            SELECT packet_id, taker_id, share_number, state, lease_until, version, changed_at
            FROM json_populate_recordset(NULL::claims, $3::TEXT::JSON)
        ), new_postings AS (
            INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at
            FROM json_populate_recordset(NULL::postings, $4::TEXT::JSON)
        )
        INSERT INTO attempts (id, is_tombstone, begun_at)
        SELECT $5::UUID, FALSE, $6::BIGINT WHERE $5 IS NOT NULL",
        objects(packets),
        objects(shares),
        objects(claims),
        objects(postings),
        attempt,
        now
    )
    .execute(tx)
    .await
    .map_err(cannot)?;
    Ok(())
}

/// Most batches have none of these.
async fn insert_accounts_and_movements(
    tx: &mut PgConnection,
    accounts: &[AccountRow],
    movements: &[MovementRow],
) -> Result<(), Fault> {
    if accounts.is_empty() && movements.is_empty() {
        return Ok(());
    }
    query!(
        "WITH new_accounts AS (
            INSERT INTO accounts (user_id, coin_id, balance, held, version, changed_at)
            SELECT user_id, coin_id, balance, held, version, changed_at
            FROM json_populate_recordset(NULL::accounts, $1::TEXT::JSON)
        )
        INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT reference, direction, user_id, coin_id, amount, moved_at
        FROM json_populate_recordset(NULL::movements, $2::TEXT::JSON)",
        objects(accounts),
        objects(movements)
    )
    .execute(tx)
    .await
    .map_err(cannot)?;
    Ok(())
}
