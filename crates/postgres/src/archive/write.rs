//! Adding rows, a page with one statement.

#![expect(clippy::as_conversions, reason = "a cast tells the macros that an array has NULLs in it")]

use hongbao_ports::{
    Fault,
    archive::{
        AccountRow, BlockRow, ClaimRow, CoinRow, DeploymentRow, FriendshipRow, GroupRow, ImAccountRow, MembershipRow,
        MovementRow, PacketRow, Page, PostingRow, RequestRow, SessionRow, ShareRow, UserRow,
    },
};
use rust_decimal::Decimal;
use sqlx::{PgConnection, postgres::PgQueryResult, query};

use crate::{batch::column, fault, transaction::uuid};

type Written = Result<PgQueryResult, Fault>;

pub(super) async fn write(tx: &mut PgConnection, page: &Page) -> Result<(), Fault> {
    let written = match page {
        Page::Deployment(rows) => deployment(tx, rows).await,
        Page::Users(rows) => users(tx, rows).await,
        Page::Sessions(rows) => sessions(tx, rows).await,
        Page::Friendships(rows) => friendships(tx, rows).await,
        Page::Blocks(rows) => blocks(tx, rows).await,
        Page::ImAccounts(rows) => im_accounts(tx, rows).await,
        Page::Coins(rows) => coins(tx, rows).await,
        Page::Accounts(rows) => accounts(tx, rows).await,
        Page::Packets(rows) => packets(tx, rows).await,
        Page::Shares(rows) => shares(tx, rows).await,
        Page::Claims(rows) => claims(tx, rows).await,
        Page::Movements(rows) => movements(tx, rows).await,
        Page::Postings(rows) => postings(tx, rows).await,
        Page::Requests(rows) => requests(tx, rows).await,
        Page::Groups(rows) => groups(tx, rows).await,
        Page::Memberships(rows) => memberships(tx, rows).await,
    };
    let written = written?.rows_affected();
    if written == page.count() { Ok(()) } else { Err(Fault::internal("cannot write every row")) }
}

fn cannot(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot write the rows")
}

/// One array of amounts.
fn amounts<T>(rows: &[T], of: impl Fn(&T) -> i128) -> Result<Vec<Decimal>, Fault> {
    let cannot = |error| Fault::internal("cannot write an amount").because(error);
    rows.iter().map(|row| Decimal::try_from_i128_with_scale(of(row), 0).map_err(cannot)).collect()
}

/// One array of numbers that the database keeps in fewer bits.
fn narrow<T, N: TryFrom<i64>>(rows: &[T], of: impl Fn(&T) -> i64) -> Result<Vec<N>, Fault> {
    let small = |number| N::try_from(number).map_err(|_| Fault::internal("cannot write so large a number"));
    rows.iter().map(|row| small(of(row))).collect()
}

/// The same where some have none.
fn narrow_some<T, N: TryFrom<i64>>(rows: &[T], of: impl Fn(&T) -> Option<i64>) -> Result<Vec<Option<N>>, Fault> {
    let small = |number| N::try_from(number).map_err(|_| Fault::internal("cannot write so large a number"));
    rows.iter().map(|row| of(row).map(small).transpose()).collect()
}

async fn deployment(tx: &mut PgConnection, rows: &[DeploymentRow]) -> Written {
    let kinds = column(rows, |row| row.kind.clone());
    query!("INSERT INTO deployment (one, kind) SELECT 1, kind FROM unnest($1::TEXT[]) AS kind", &kinds)
        .execute(tx)
        .await
        .map_err(cannot)
}

async fn users(tx: &mut PgConnection, rows: &[UserRow]) -> Written {
    query!(
        "INSERT INTO users (id, is_active, takes_friend_requests, name, portrait_uri)
        SELECT * FROM unnest($1::TEXT[], $2::BOOLEAN[], $3::BOOLEAN[], $4::TEXT[], $5::TEXT[])",
        &column(rows, |row| row.id.clone()),
        &column(rows, |row| row.is_active),
        &column(rows, |row| row.takes_friend_requests),
        &column(rows, |row| row.name.clone()),
        &column(rows, |row| row.portrait_uri.clone())
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn sessions(tx: &mut PgConnection, rows: &[SessionRow]) -> Written {
    query!(
        "INSERT INTO sessions (key_sha256, user_id, created_at, expires_at)
        SELECT * FROM unnest($1::BYTEA[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[])",
        &column(rows, |row| row.key_sha256.clone()),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.created_at),
        &column(rows, |row| row.expires_at)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

/// Adds both rows of each friendship at once: neither may be without the other when the statement ends.
async fn friendships(tx: &mut PgConnection, rows: &[FriendshipRow]) -> Written {
    query!(
        "WITH pairs AS (
            SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[])
                AS pair (user_id, friend_id, since, since_of_friend)
        )
        INSERT INTO friendships (user_id, friend_id, since)
        SELECT user_id, friend_id, since FROM pairs
        UNION ALL
        SELECT friend_id, user_id, since_of_friend FROM pairs",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.friend_id.clone()),
        &column(rows, |row| row.since),
        &column(rows, |row| row.since_of_friend)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn blocks(tx: &mut PgConnection, rows: &[BlockRow]) -> Written {
    query!(
        "INSERT INTO blocks (user_id, blocked_id) SELECT * FROM unnest($1::TEXT[], $2::TEXT[])",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.blocked_id.clone())
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn im_accounts(tx: &mut PgConnection, rows: &[ImAccountRow]) -> Written {
    query!(
        "INSERT INTO im_accounts (app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::BIGINT[], $6::BOOLEAN[], $7::BIGINT[])",
        &column(rows, |row| row.app_key.clone()),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.token.clone()) as &[Option<String>],
        &column(rows, |row| row.secret_fingerprint.clone()) as &[Option<Vec<u8>>],
        &column(rows, |row| row.registered_at) as &[Option<i64>],
        &column(rows, |row| row.is_stale),
        &column(rows, |row| row.version)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn coins(tx: &mut PgConnection, rows: &[CoinRow]) -> Written {
    query!(
        "INSERT INTO coins (id, scale, min_amount, max_amount)
        SELECT * FROM unnest($1::TEXT[], $2::SMALLINT[], $3::NUMERIC[], $4::NUMERIC[])",
        &column(rows, |row| row.id.clone()),
        &narrow(rows, |row| row.scale)?,
        &amounts(rows, |row| row.min_amount)?,
        &amounts(rows, |row| row.max_amount)?
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn accounts(tx: &mut PgConnection, rows: &[AccountRow]) -> Written {
    query!(
        "INSERT INTO accounts (user_id, coin_id, balance, held, version, changed_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::NUMERIC[], $4::NUMERIC[], $5::BIGINT[], $6::BIGINT[])",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.coin_id.clone()),
        &amounts(rows, |row| row.balance)?,
        &amounts(rows, |row| row.held)?,
        &column(rows, |row| row.version),
        &column(rows, |row| row.changed_at)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn packets(tx: &mut PgConnection, rows: &[PacketRow]) -> Written {
    query!(
        "INSERT INTO packets (id, sender_id, coin_id, total, held, entries, remark, state, lease_until, created_at,
            expires_at, ended_at, changed_at, version)
        SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::TEXT[], $4::NUMERIC[], $5::NUMERIC[], $6::BIGINT[],
            $7::TEXT[], $8::TEXT[], $9::BIGINT[], $10::BIGINT[], $11::BIGINT[], $12::BIGINT[], $13::BIGINT[],
            $14::BIGINT[])",
        &column(rows, |row| uuid(row.id)),
        &column(rows, |row| row.sender_id.clone()),
        &column(rows, |row| row.coin_id.clone()),
        &amounts(rows, |row| row.total)?,
        &amounts(rows, |row| row.held)?,
        &column(rows, |row| row.entries),
        &column(rows, |row| row.remark.clone()),
        &column(rows, |row| row.state.clone()),
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &column(rows, |row| row.created_at),
        &column(rows, |row| row.expires_at),
        &column(rows, |row| row.ended_at) as &[Option<i64>],
        &column(rows, |row| row.changed_at),
        &column(rows, |row| row.version)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn shares(tx: &mut PgConnection, rows: &[ShareRow]) -> Written {
    query!(
        "INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
        SELECT * FROM unnest($1::UUID[], $2::INTEGER[], $3::NUMERIC[], $4::TEXT[], $5::TEXT[])",
        &column(rows, |row| uuid(row.packet_id)),
        &narrow(rows, |row| row.number)?,
        &amounts(rows, |row| row.amount)?,
        &column(rows, |row| row.receiver_id.clone()) as &[Option<String>],
        &column(rows, |row| row.taker_id.clone()) as &[Option<String>]
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn claims(tx: &mut PgConnection, rows: &[ClaimRow]) -> Written {
    query!(
        "INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
        SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::INTEGER[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[],
            $7::BIGINT[])",
        &column(rows, |row| uuid(row.packet_id)),
        &column(rows, |row| row.taker_id.clone()),
        &narrow(rows, |row| row.share_number)?,
        &column(rows, |row| row.state.clone()),
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &column(rows, |row| row.version),
        &column(rows, |row| row.changed_at)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn movements(tx: &mut PgConnection, rows: &[MovementRow]) -> Written {
    query!(
        "INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::NUMERIC[], $6::BIGINT[])",
        &column(rows, |row| row.reference.clone()),
        &column(rows, |row| row.direction.clone()),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.coin_id.clone()),
        &amounts(rows, |row| row.amount)?,
        &column(rows, |row| row.moved_at)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn postings(tx: &mut PgConnection, rows: &[PostingRow]) -> Written {
    query!(
        "INSERT INTO postings (owner_id, holder, coin_id, seq, command_id, cause, amount, balance, posted_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], $5::UUID[], $6::TEXT[], $7::NUMERIC[],
            $8::NUMERIC[], $9::BIGINT[])",
        &column(rows, |row| row.owner_id.clone()),
        &column(rows, |row| row.holder.clone()),
        &column(rows, |row| row.coin_id.clone()),
        &column(rows, |row| row.seq),
        &column(rows, |row| uuid(row.command_id)),
        &column(rows, |row| row.cause.clone()),
        &amounts(rows, |row| row.amount)?,
        &amounts(rows, |row| row.balance)?,
        &column(rows, |row| row.posted_at)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn requests(tx: &mut PgConnection, rows: &[RequestRow]) -> Written {
    query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BYTEA[], $5::SMALLINT[], $6::TEXT[], $7::BIGINT[])",
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.method.clone()),
        &column(rows, |row| row.request_key.clone()),
        &column(rows, |row| row.fingerprint.clone()),
        &narrow_some(rows, |row| row.status)? as &[Option<i16>],
        &column(rows, |row| row.outcome.clone()) as &[Option<String>],
        &column(rows, |row| row.recorded_at)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn groups(tx: &mut PgConnection, rows: &[GroupRow]) -> Written {
    query!(
        "INSERT INTO groups (id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held,
            checks_failed, created_at, changed_at, version)
        SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::BIGINT[], $7::SMALLINT[],
            $8::BIGINT[], $9::BOOLEAN[], $10::INTEGER[], $11::BIGINT[], $12::BIGINT[], $13::BIGINT[])",
        &column(rows, |row| uuid(row.id)),
        &column(rows, |row| row.name.clone()),
        &column(rows, |row| row.memo.clone()),
        &column(rows, |row| row.owner_id.clone()),
        &column(rows, |row| row.state.clone()),
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &narrow_some(rows, |row| row.checks_left)? as &[Option<i16>],
        &column(rows, |row| row.next_check_at) as &[Option<i64>],
        &column(rows, |row| row.is_held),
        &narrow(rows, |row| row.checks_failed)? as &[i32],
        &column(rows, |row| row.created_at),
        &column(rows, |row| row.changed_at),
        &column(rows, |row| row.version)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}

async fn memberships(tx: &mut PgConnection, rows: &[MembershipRow]) -> Written {
    query!(
        "INSERT INTO memberships (group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at,
            is_held, checks_failed, changed_at, version)
        SELECT * FROM unnest($1::UUID[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], $5::BOOLEAN[], $6::BIGINT[],
            $7::SMALLINT[], $8::BIGINT[], $9::BOOLEAN[], $10::INTEGER[], $11::BIGINT[], $12::BIGINT[])",
        &column(rows, |row| uuid(row.group_id)),
        &column(rows, |row| row.user_id.clone()),
        &column(rows, |row| row.state.clone()),
        &column(rows, |row| row.lease_until) as &[Option<i64>],
        &column(rows, |row| row.after_undo),
        &column(rows, |row| row.joined) as &[Option<i64>],
        &narrow_some(rows, |row| row.checks_left)? as &[Option<i16>],
        &column(rows, |row| row.next_check_at) as &[Option<i64>],
        &column(rows, |row| row.is_held),
        &narrow(rows, |row| row.checks_failed)? as &[i32],
        &column(rows, |row| row.changed_at),
        &column(rows, |row| row.version)
    )
    .execute(tx)
    .await
    .map_err(cannot)
}
