//! Reading tables from beginning to end.

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream, stream::TryChunksError};
use hongbao_ports::{
    Fault,
    archive::{
        AccountRow, BlockRow, ClaimRow, CoinRow, DeploymentRow, FriendshipRow, GroupRow, ImAccountRow, Leases,
        MembershipRow, MovementRow, PacketRow, Page, PostingRow, RequestRow, SessionRow, ShareRow, Table, UserRow,
    },
};
use sqlx::{PgConnection, query, query_as};

use crate::{
    amount::to_minor,
    fault::{self, Unreadable},
};

/// How many rows are held at once. It bounds the memory.
const PAGE: usize = 1000;

pub(super) async fn leases(tx: &mut PgConnection) -> Result<Leases, Fault> {
    let cannot = |error| fault::of(error, "cannot count what is in progress");
    let found = query!(
        r#"SELECT
            (SELECT count(*) FROM packets WHERE state = 'sending') AS "sending!",
            (SELECT count(*) FROM claims WHERE state = 'claiming') AS "claiming!",
            (SELECT count(*) FROM groups WHERE state = 'preparing') AS "preparing!",
            (SELECT count(*) FROM memberships WHERE state = 'joining') AS "joining!",
            (SELECT count(*) FROM groups WHERE is_held) + (SELECT count(*) FROM memberships WHERE is_held)
                AS "checking!""#
    )
    .fetch_one(tx)
    .await
    .map_err(cannot)?;
    let count = |number: i64| u64::try_from(number).map_err(|_| Unreadable("a count"));
    Ok(Leases {
        sending: count(found.sending)?,
        claiming: count(found.claiming)?,
        preparing: count(found.preparing)?,
        joining: count(found.joining)?,
        checking: count(found.checking)?,
    })
}

type Rows<'tx, R> = BoxStream<'tx, Result<R, sqlx::Error>>;
type Pages<'tx> = BoxStream<'tx, Result<Page, Fault>>;

/// Makes pages of what a statement gives.
fn paged<'tx, R, T>(rows: Rows<'tx, R>, row: fn(R) -> Result<T, Unreadable>, page: fn(Vec<T>) -> Page) -> Pages<'tx>
where
    R: 'tx,
    T: Send + 'tx,
{
    rows.map(move |found| Ok(row(found.map_err(|error| fault::of(error, "cannot read the rows"))?)?))
        .try_chunks(PAGE)
        .map_ok(page)
        .map_err(|TryChunksError(_, fault)| fault)
        .boxed()
}

pub(super) fn pages(tx: &mut PgConnection, table: Table) -> Pages<'_> {
    match table {
        Table::Deployment => {
            paged(query_as!(DeploymentRow, "SELECT kind FROM deployment").fetch(tx), Ok, Page::Deployment)
        }
        Table::Users => users(tx),
        Table::Sessions => sessions(tx),
        Table::Friendships => friendships(tx),
        Table::Blocks => {
            let rows = query_as!(BlockRow, "SELECT user_id, blocked_id FROM blocks ORDER BY user_id, blocked_id");
            paged(rows.fetch(tx), Ok, Page::Blocks)
        }
        Table::ImAccounts => im_accounts(tx),
        Table::Coins => coins(tx),
        Table::Accounts => accounts(tx),
        Table::Packets => packets(tx),
        Table::Shares => shares(tx),
        Table::Claims => claims(tx),
        Table::Movements => movements(tx),
        Table::Postings => postings(tx),
        Table::Requests => requests(tx),
        Table::Groups => groups(tx),
        Table::Memberships => memberships(tx),
    }
}

fn users(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query_as!(
        UserRow,
        "SELECT id, is_active, takes_friend_requests, name,
            portrait_uri
        FROM users
        ORDER BY id"
    );
    paged(rows.fetch(tx), Ok, Page::Users)
}

fn sessions(tx: &mut PgConnection) -> Pages<'_> {
    let rows =
        query_as!(SessionRow, "SELECT key_sha256, user_id, created_at, expires_at FROM sessions ORDER BY key_sha256");
    paged(rows.fetch(tx), Ok, Page::Sessions)
}

/// Reads pairs. A row whose other half is missing is found, too, whichever of the two it is.
fn friendships(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        r#"SELECT a.user_id, a.friend_id, a.since, b.since AS "since_of_friend?"
        FROM friendships AS a
        LEFT JOIN friendships AS b ON b.user_id = a.friend_id AND b.friend_id = a.user_id
        WHERE a.user_id < a.friend_id OR b.user_id IS NULL
        ORDER BY a.user_id, a.friend_id"#
    );
    paged(
        rows.fetch(tx),
        |row| {
            let since_of_friend = row.since_of_friend.ok_or(Unreadable("half a friendship"))?;
            Ok(FriendshipRow { user_id: row.user_id, friend_id: row.friend_id, since: row.since, since_of_friend })
        },
        Page::Friendships,
    )
}

fn im_accounts(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query_as!(
        ImAccountRow,
        "SELECT app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version
        FROM im_accounts
        ORDER BY user_id, app_key"
    );
    paged(rows.fetch(tx), Ok, Page::ImAccounts)
}

fn coins(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!("SELECT id, scale, min_amount, max_amount FROM coins ORDER BY id");
    paged(
        rows.fetch(tx),
        |row| {
            let (min_amount, max_amount) = (to_minor(row.min_amount)?, to_minor(row.max_amount)?);
            Ok(CoinRow { id: row.id, scale: row.scale.into(), min_amount, max_amount })
        },
        Page::Coins,
    )
}

fn accounts(tx: &mut PgConnection) -> Pages<'_> {
    let rows =
        query!("SELECT user_id, coin_id, balance, held, version, changed_at FROM accounts ORDER BY user_id, coin_id");
    paged(
        rows.fetch(tx),
        |row| {
            Ok(AccountRow {
                user_id: row.user_id,
                coin_id: row.coin_id,
                balance: to_minor(row.balance)?,
                held: to_minor(row.held)?,
                version: row.version,
                changed_at: row.changed_at,
            })
        },
        Page::Accounts,
    )
}

fn packets(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT id, sender_id, coin_id, total, held, entries, remark, state, lease_until, created_at, expires_at,
            ended_at, changed_at, version
        FROM packets
        ORDER BY id"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(PacketRow {
                id: row.id.as_u128(),
                sender_id: row.sender_id,
                coin_id: row.coin_id,
                total: to_minor(row.total)?,
                held: to_minor(row.held)?,
                entries: row.entries,
                remark: row.remark,
                state: row.state,
                lease_until: row.lease_until,
                created_at: row.created_at,
                expires_at: row.expires_at,
                ended_at: row.ended_at,
                changed_at: row.changed_at,
                version: row.version,
            })
        },
        Page::Packets,
    )
}

fn shares(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!("SELECT packet_id, number, amount, receiver_id, taker_id FROM shares ORDER BY packet_id, number");
    paged(
        rows.fetch(tx),
        |row| {
            Ok(ShareRow {
                packet_id: row.packet_id.as_u128(),
                number: row.number.into(),
                amount: to_minor(row.amount)?,
                receiver_id: row.receiver_id,
                taker_id: row.taker_id,
            })
        },
        Page::Shares,
    )
}

fn claims(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT packet_id, taker_id, share_number, state, lease_until, version, changed_at
        FROM claims
        ORDER BY packet_id, taker_id"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(ClaimRow {
                packet_id: row.packet_id.as_u128(),
                taker_id: row.taker_id,
                share_number: row.share_number.into(),
                state: row.state,
                lease_until: row.lease_until,
                version: row.version,
                changed_at: row.changed_at,
            })
        },
        Page::Claims,
    )
}

fn movements(tx: &mut PgConnection) -> Pages<'_> {
    let rows =
        query!("SELECT reference, direction, user_id, coin_id, amount, moved_at FROM movements ORDER BY reference");
    paged(
        rows.fetch(tx),
        |row| {
            Ok(MovementRow {
                reference: row.reference,
                direction: row.direction,
                user_id: row.user_id,
                coin_id: row.coin_id,
                amount: to_minor(row.amount)?,
                moved_at: row.moved_at,
            })
        },
        Page::Movements,
    )
}

fn postings(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at
        FROM postings
        ORDER BY owner_id, holder, coin_id, seq"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(PostingRow {
                holder: row.holder,
                owner_id: row.owner_id,
                coin_id: row.coin_id,
                seq: row.seq,
                command_id: row.command_id.as_u128(),
                cause: row.cause,
                amount: to_minor(row.amount)?,
                balance: to_minor(row.balance)?,
                posted_at: row.posted_at,
            })
        },
        Page::Postings,
    )
}

fn requests(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT user_id, method, request_key, fingerprint, status, outcome, recorded_at
        FROM requests
        ORDER BY user_id, method, request_key"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(RequestRow {
                user_id: row.user_id,
                method: row.method,
                request_key: row.request_key,
                fingerprint: row.fingerprint,
                status: row.status.map(i64::from),
                outcome: row.outcome,
                recorded_at: row.recorded_at,
            })
        },
        Page::Requests,
    )
}

fn groups(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed,
            created_at, changed_at, version
        FROM groups
        ORDER BY id"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(GroupRow {
                id: row.id.as_u128(),
                name: row.name,
                memo: row.memo,
                owner_id: row.owner_id,
                state: row.state,
                lease_until: row.lease_until,
                checks_left: row.checks_left.map(i64::from),
                next_check_at: row.next_check_at,
                is_held: row.is_held,
                checks_failed: row.checks_failed.into(),
                created_at: row.created_at,
                changed_at: row.changed_at,
                version: row.version,
            })
        },
        Page::Groups,
    )
}

fn memberships(tx: &mut PgConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT group_id, user_id, state, lease_until, after_undo, joined, checks_left,
            next_check_at, is_held, checks_failed, changed_at, version
        FROM memberships
        ORDER BY group_id, user_id"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(MembershipRow {
                group_id: row.group_id.as_u128(),
                user_id: row.user_id,
                state: row.state,
                lease_until: row.lease_until,
                after_undo: row.after_undo,
                joined: row.joined,
                checks_left: row.checks_left.map(i64::from),
                next_check_at: row.next_check_at,
                is_held: row.is_held,
                checks_failed: row.checks_failed.into(),
                changed_at: row.changed_at,
                version: row.version,
            })
        },
        Page::Memberships,
    )
}
