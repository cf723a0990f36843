//! Reading tables from beginning to end.

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream, stream::TryChunksError};
use hongbao_ports::{
    Fault,
    archive::{
        AccountRow, BlockRow, ClaimRow, CoinRow, DeploymentRow, FriendshipRow, GroupRow, ImAccountRow, Leases,
        MembershipRow, MovementRow, PacketRow, Page, PostingRow, RequestRow, SessionRow, ShareRow, Table, UserRow,
    },
};
use sqlx::{SqliteConnection, query, query_as};

use crate::{
    fault::{self, Unreadable},
    row::bits,
    text::to_minor,
};

/// How many rows are held at once. It bounds the memory.
const PAGE: usize = 1000;

pub(super) async fn leases(tx: &mut SqliteConnection) -> Result<Leases, Fault> {
    let cannot = |error| fault::of(error, "cannot count what is in progress");
    let found = query!(
        r#"SELECT
            (SELECT count(*) FROM packets WHERE state = 'sending') AS "sending!: u64",
            (SELECT count(*) FROM claims WHERE state = 'claiming') AS "claiming!: u64",
            (SELECT count(*) FROM groups WHERE state = 'preparing') AS "preparing!: u64",
            (SELECT count(*) FROM memberships WHERE state = 'joining') AS "joining!: u64",
            (SELECT count(*) FROM groups WHERE is_held) + (SELECT count(*) FROM memberships WHERE is_held)
                AS "checking!: u64""#
    )
    .fetch_one(tx)
    .await
    .map_err(cannot)?;
    Ok(Leases {
        sending: found.sending,
        claiming: found.claiming,
        preparing: found.preparing,
        joining: found.joining,
        checking: found.checking,
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

pub(super) fn pages(tx: &mut SqliteConnection, table: Table) -> Pages<'_> {
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

fn users(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query_as!(
        UserRow,
        r#"SELECT id, is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool", name,
            portrait_uri
        FROM users
        ORDER BY id"#
    );
    paged(rows.fetch(tx), Ok, Page::Users)
}

fn sessions(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows =
        query_as!(SessionRow, "SELECT key_sha256, user_id, created_at, expires_at FROM sessions ORDER BY key_sha256");
    paged(rows.fetch(tx), Ok, Page::Sessions)
}

/// Reads pairs. A row whose other half is missing is found, too, whichever of the two it is.
fn friendships(tx: &mut SqliteConnection) -> Pages<'_> {
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

fn im_accounts(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query_as!(
        ImAccountRow,
        r#"SELECT app_key, user_id, token, secret_fingerprint, registered_at, is_stale AS "is_stale: bool", version
        FROM im_accounts
        ORDER BY app_key, user_id"#
    );
    paged(rows.fetch(tx), Ok, Page::ImAccounts)
}

fn coins(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query!("SELECT id, scale, min_amount, max_amount FROM coins ORDER BY id");
    paged(
        rows.fetch(tx),
        |row| {
            let (min_amount, max_amount) = (to_minor(&row.min_amount)?, to_minor(&row.max_amount)?);
            Ok(CoinRow { id: row.id, scale: row.scale, min_amount, max_amount })
        },
        Page::Coins,
    )
}

fn accounts(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows =
        query!("SELECT user_id, coin_id, balance, held, version, changed_at FROM accounts ORDER BY user_id, coin_id");
    paged(
        rows.fetch(tx),
        |row| {
            Ok(AccountRow {
                user_id: row.user_id,
                coin_id: row.coin_id,
                balance: to_minor(&row.balance)?,
                held: to_minor(&row.held)?,
                version: row.version,
                changed_at: row.changed_at,
            })
        },
        Page::Accounts,
    )
}

fn packets(tx: &mut SqliteConnection) -> Pages<'_> {
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
                id: bits(&row.id)?,
                sender_id: row.sender_id,
                coin_id: row.coin_id,
                total: to_minor(&row.total)?,
                held: to_minor(&row.held)?,
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

fn shares(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query!("SELECT packet_id, number, amount, receiver_id, taker_id FROM shares ORDER BY packet_id, number");
    paged(
        rows.fetch(tx),
        |row| {
            Ok(ShareRow {
                packet_id: bits(&row.packet_id)?,
                number: row.number,
                amount: to_minor(&row.amount)?,
                receiver_id: row.receiver_id,
                taker_id: row.taker_id,
            })
        },
        Page::Shares,
    )
}

fn claims(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT packet_id, taker_id, share_number, state, lease_until, version, changed_at
        FROM claims
        ORDER BY packet_id, taker_id"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(ClaimRow {
                packet_id: bits(&row.packet_id)?,
                taker_id: row.taker_id,
                share_number: row.share_number,
                state: row.state,
                lease_until: row.lease_until,
                version: row.version,
                changed_at: row.changed_at,
            })
        },
        Page::Claims,
    )
}

fn movements(tx: &mut SqliteConnection) -> Pages<'_> {
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
                amount: to_minor(&row.amount)?,
                moved_at: row.moved_at,
            })
        },
        Page::Movements,
    )
}

fn postings(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query!(
        "SELECT holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at
        FROM postings
        ORDER BY holder, owner_id, coin_id, seq"
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(PostingRow {
                holder: row.holder,
                owner_id: row.owner_id,
                coin_id: row.coin_id,
                seq: row.seq,
                command_id: bits(&row.command_id)?,
                cause: row.cause,
                amount: to_minor(&row.amount)?,
                balance: to_minor(&row.balance)?,
                posted_at: row.posted_at,
            })
        },
        Page::Postings,
    )
}

fn requests(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query_as!(
        RequestRow,
        "SELECT user_id, method, request_key, fingerprint, status, outcome, recorded_at
        FROM requests
        ORDER BY user_id, method, request_key"
    );
    paged(rows.fetch(tx), Ok, Page::Requests)
}

fn groups(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query!(
        r#"SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held AS "is_held: bool", checks_failed,
            created_at, changed_at, version
        FROM groups
        ORDER BY id"#
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(GroupRow {
                id: bits(&row.id)?,
                name: row.name,
                memo: row.memo,
                owner_id: row.owner_id,
                state: row.state,
                lease_until: row.lease_until,
                checks_left: row.checks_left,
                next_check_at: row.next_check_at,
                is_held: row.is_held,
                checks_failed: row.checks_failed,
                created_at: row.created_at,
                changed_at: row.changed_at,
                version: row.version,
            })
        },
        Page::Groups,
    )
}

fn memberships(tx: &mut SqliteConnection) -> Pages<'_> {
    let rows = query!(
        r#"SELECT group_id, user_id, state, lease_until, after_undo AS "after_undo: bool", joined, checks_left,
            next_check_at, is_held AS "is_held: bool", checks_failed, changed_at, version
        FROM memberships
        ORDER BY group_id, user_id"#
    );
    paged(
        rows.fetch(tx),
        |row| {
            Ok(MembershipRow {
                group_id: bits(&row.group_id)?,
                user_id: row.user_id,
                state: row.state,
                lease_until: row.lease_until,
                after_undo: row.after_undo,
                joined: row.joined,
                checks_left: row.checks_left,
                next_check_at: row.next_check_at,
                is_held: row.is_held,
                checks_failed: row.checks_failed,
                changed_at: row.changed_at,
                version: row.version,
            })
        },
        Page::Memberships,
    )
}
