//! Adding rows, a page with one statement.

use std::fmt::Write;

use hongbao_ports::{
    Fault,
    archive::{
        AccountRow, BlockRow, ClaimRow, CoinRow, DeploymentRow, FriendshipRow, GroupRow, ImAccountRow, MembershipRow,
        MovementRow, PacketRow, Page, PostingRow, RequestRow, SessionRow, ShareRow, UserRow,
    },
};
use sqlx::{SqliteConnection, query, sqlite::SqliteQueryResult};

use crate::{
    batch::{hex, json},
    fault, text,
};

type Written = Result<SqliteQueryResult, sqlx::Error>;

pub(super) async fn write(tx: &mut SqliteConnection, page: &Page) -> Result<(), Fault> {
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
    let written = written.map_err(|error| fault::of(error, "cannot write the rows"))?.rows_affected();
    if written == page.count() { Ok(()) } else { Err(Fault::internal("cannot write every row")) }
}

/// Writes an amount that cannot be negative; one that is breaks the column's CHECK.
fn unsigned(minor: i128) -> String {
    format!("{minor:028}")
}

/// Writes bytes as JSON can carry them; `unhex` reads them.
fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

async fn deployment(tx: &mut SqliteConnection, rows: &[DeploymentRow]) -> Written {
    let rows = json(rows.iter().map(|row| &row.kind));
    query!("INSERT INTO deployment (one, kind) SELECT 1, value FROM json_each(?1)", rows).execute(tx).await
}

async fn users(tx: &mut SqliteConnection, rows: &[UserRow]) -> Written {
    let rows =
        json(rows.iter().map(|row| (&row.id, row.is_active, row.takes_friend_requests, &row.name, &row.portrait_uri)));
    query!(
        "INSERT INTO users (id, is_active, takes_friend_requests, name, portrait_uri)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn sessions(tx: &mut SqliteConnection, rows: &[SessionRow]) -> Written {
    let rows = json(rows.iter().map(|row| (hex_of(&row.key_sha256), &row.user_id, row.created_at, row.expires_at)));
    query!(
        "INSERT INTO sessions (key_sha256, user_id, created_at, expires_at)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

/// Adds both rows of each friendship at once: neither may be without the other when the statement ends.
async fn friendships(tx: &mut SqliteConnection, rows: &[FriendshipRow]) -> Written {
    let rows = json(rows.iter().map(|row| (&row.user_id, &row.friend_id, row.since, row.since_of_friend)));
    query!(
        "INSERT INTO friendships (user_id, friend_id, since)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)
        UNION ALL
        SELECT value ->> 1, value ->> 0, value ->> 3 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn blocks(tx: &mut SqliteConnection, rows: &[BlockRow]) -> Written {
    let rows = json(rows.iter().map(|row| (&row.user_id, &row.blocked_id)));
    query!("INSERT INTO blocks (user_id, blocked_id) SELECT value ->> 0, value ->> 1 FROM json_each(?1)", rows)
        .execute(tx)
        .await
}

async fn im_accounts(tx: &mut SqliteConnection, rows: &[ImAccountRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let secret = row.secret_fingerprint.as_deref().map(hex_of);
        (&row.app_key, &row.user_id, &row.token, secret, row.registered_at, row.is_stale, row.version)
    }));
    query!(
        "INSERT INTO im_accounts (app_key, user_id, token, secret_fingerprint, registered_at, is_stale, version)
        SELECT value ->> 0, value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5, value ->> 6
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn coins(tx: &mut SqliteConnection, rows: &[CoinRow]) -> Written {
    let rows = json(rows.iter().map(|row| (&row.id, row.scale, unsigned(row.min_amount), unsigned(row.max_amount))));
    query!(
        "INSERT INTO coins (id, scale, min_amount, max_amount)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn accounts(tx: &mut SqliteConnection, rows: &[AccountRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let (balance, held) = (unsigned(row.balance), unsigned(row.held));
        (&row.user_id, &row.coin_id, balance, held, row.version, row.changed_at)
    }));
    query!(
        "INSERT INTO accounts (user_id, coin_id, balance, held, version, changed_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn packets(tx: &mut SqliteConnection, rows: &[PacketRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let names = (hex(row.id), &row.sender_id, &row.coin_id, &row.remark);
        let money = (unsigned(row.total), unsigned(row.held), row.entries);
        let times = (row.lease_until, row.created_at, row.expires_at, row.ended_at, row.changed_at);
        (names, money, &row.state, times, row.version)
    }));
    query!(
        "INSERT INTO packets (id, sender_id, coin_id, remark, total, held, entries, state, lease_until, created_at,
            expires_at, ended_at, changed_at, version)
        SELECT unhex(value ->> '$[0][0]'), value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]',
            value ->> '$[1][0]', value ->> '$[1][1]', value ->> '$[1][2]', value ->> 2, value ->> '$[3][0]',
            value ->> '$[3][1]', value ->> '$[3][2]', value ->> '$[3][3]', value ->> '$[3][4]', value ->> 4
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn shares(tx: &mut SqliteConnection, rows: &[ShareRow]) -> Written {
    let rows = json(
        rows.iter().map(|row| (hex(row.packet_id), row.number, unsigned(row.amount), &row.receiver_id, &row.taker_id)),
    );
    query!(
        "INSERT INTO shares (packet_id, number, amount, receiver_id, taker_id)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn claims(tx: &mut SqliteConnection, rows: &[ClaimRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let id = hex(row.packet_id);
        (id, &row.taker_id, row.share_number, &row.state, row.lease_until, row.version, row.changed_at)
    }));
    query!(
        "INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn movements(tx: &mut SqliteConnection, rows: &[MovementRow]) -> Written {
    let rows =
        json(rows.iter().map(|row| {
            (&row.reference, &row.direction, &row.user_id, &row.coin_id, unsigned(row.amount), row.moved_at)
        }));
    query!(
        "INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn postings(tx: &mut SqliteConnection, rows: &[PostingRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let (command, amount, balance) = (hex(row.command_id), text::signed(row.amount), text::signed(row.balance));
        let place = (&row.holder, &row.owner_id, &row.coin_id, row.seq);
        (place, command, &row.cause, amount, balance, row.posted_at)
    }));
    query!(
        "INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
        SELECT value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]', unhex(value ->> 1),
            value ->> 2, value ->> 3, value ->> 4, value ->> 5
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn requests(tx: &mut SqliteConnection, rows: &[RequestRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let name = (&row.user_id, &row.method, &row.request_key);
        (name, hex_of(&row.fingerprint), row.status, &row.outcome, row.recorded_at)
    }));
    query!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
        SELECT value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', unhex(value ->> 1), value ->> 2,
            value ->> 3, value ->> 4
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn groups(tx: &mut SqliteConnection, rows: &[GroupRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let names = (hex(row.id), &row.name, &row.memo, &row.owner_id, &row.state);
        let checks = (row.lease_until, row.checks_left, row.next_check_at, row.is_held, row.checks_failed);
        (names, checks, row.created_at, row.changed_at, row.version)
    }));
    query!(
        "INSERT INTO groups (id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held,
            checks_failed, created_at, changed_at, version)
        SELECT unhex(value ->> '$[0][0]'), value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]',
            value ->> '$[0][4]', value ->> '$[1][0]', value ->> '$[1][1]', value ->> '$[1][2]', value ->> '$[1][3]',
            value ->> '$[1][4]', value ->> 2, value ->> 3, value ->> 4
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}

async fn memberships(tx: &mut SqliteConnection, rows: &[MembershipRow]) -> Written {
    let rows = json(rows.iter().map(|row| {
        let names = (hex(row.group_id), &row.user_id, &row.state);
        let checks = (row.lease_until, row.checks_left, row.next_check_at, row.is_held, row.checks_failed);
        (names, row.after_undo, row.joined, checks, row.changed_at, row.version)
    }));
    query!(
        "INSERT INTO memberships (group_id, user_id, state, after_undo, joined, lease_until, checks_left, next_check_at,
            is_held, checks_failed, changed_at, version)
        SELECT unhex(value ->> '$[0][0]'), value ->> '$[0][1]', value ->> '$[0][2]', value ->> 1, value ->> 2,
            value ->> '$[3][0]', value ->> '$[3][1]', value ->> '$[3][2]', value ->> '$[3][3]', value ->> '$[3][4]',
            value ->> 4, value ->> 5
        FROM json_each(?1)",
        rows
    )
    .execute(tx)
    .await
}
