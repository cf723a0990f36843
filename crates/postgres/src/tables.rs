//! The tables: each file locks and loads the rows that a batch names, writes those that it changed, and reads all for an
//! archive.
//!
//! Tables are locked in one order, users first and packets last, and each in the order of its key, in every batch: so two
//! batches never wait for each other in a circle. Left to itself the plan decides about the order, which may be another one
//! for each batch. A statement that locks also reads, so that what is read is what was locked. A batch that names no row of a
//! table spends no statement on it.

pub(crate) mod accounts;
pub(crate) mod admin_tokens;
mod blocks;
mod claims;
pub(crate) mod coins;
mod contacts;
mod deployment;
pub(crate) mod endpoints;
mod friendships;
pub(crate) mod groups;
mod im_accounts;
mod ledger;
pub(crate) mod memberships;
pub(crate) mod movements;
pub(crate) mod operations;
pub(crate) mod outbox;
mod packets;
pub(crate) mod postings;
mod requests;
mod sessions;
mod shares;
mod statement;
mod users;

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream, stream::TryChunksError};
use hongbao_domain::{id::TransferId, red_packet::Packet, store::Keys, time::Timestamp};
use hongbao_ports::Fault;
use hongbao_store::{
    Attempt, Found, Writes, exactly, read_packets,
    rows::{Page, Table},
};
use sqlx::PgConnection;

use self::statement::Rows;
use crate::{fault, transaction::Tx};

/// Locks and loads what a batch names, and gives the time after the last lock.
pub(crate) async fn load(tx: &mut Tx<'_, '_>, keys: &Keys) -> Result<(Found, Timestamp), Fault> {
    let (mut found, mut clock) = (Found::default(), None);
    if !keys.users.is_empty() {
        found.users = users::load(tx, &keys.users).await?;
    }
    if !keys.requests.is_empty() {
        found.requests = requests::load(tx, &keys.requests).await?;
    }
    if !keys.sessions.is_empty() || !keys.sessions_of.is_empty() {
        found.sessions = sessions::load(tx, &keys.sessions, &keys.sessions_of).await?;
    }
    if !keys.im_accounts.is_empty() {
        found.im_accounts = im_accounts::load(tx, &keys.im_accounts).await?;
    }
    if !keys.groups.is_empty() {
        found.groups = groups::load(tx, keys.groups.iter()).await?;
    }
    if !keys.groups_seen.is_subset(&keys.groups) {
        found.groups.extend(groups::look(tx, keys.groups_seen.difference(&keys.groups)).await?);
    }
    if !keys.memberships.is_empty() {
        found.memberships = memberships::load(tx, &keys.memberships).await?;
    }
    if !keys.outbox.is_empty() {
        found.outbox = outbox::load(tx, &keys.outbox).await?;
    }
    if !keys.endpoints.is_empty() {
        found.endpoints = endpoints::load(tx, &keys.endpoints).await?;
    }
    if !keys.admin_tokens.is_empty() {
        found.admin_tokens = admin_tokens::load(tx, &keys.admin_tokens).await?;
    }
    if !keys.operations.is_empty() {
        found.operations = operations::load(tx, &keys.operations).await?;
    }
    // What is counted is stable under these locks; it is counted before any row of money waits for it.
    if !keys.friends_of.is_empty() || !keys.friendships.is_empty() || !keys.blocks.is_empty() {
        let contacts = contacts::load(tx, keys).await?;
        (found.friend_counts, clock) = (contacts.friend_counts, contacts.now);
        (found.friendships, found.blocks) = (contacts.friendships, contacts.blocks);
    }
    if !keys.members_of.is_empty() {
        let now;
        (found.member_counts, now) = memberships::count(tx, &keys.members_of).await?;
        clock = now.or(clock);
    }
    if !keys.accounts.is_empty() {
        found.accounts = accounts::load(tx, &keys.accounts).await?;
        clock = None;
    }
    if !keys.packets.is_empty() {
        found.packets = packets::load(tx, &keys.packets).await?;
        clock = None;
    }
    // From here on nothing is locked any more.
    if !found.packets.is_empty() {
        let parts = shares::load(tx, &keys.packets).await?;
        (found.shares, found.claims, clock) = (parts.shares, parts.claims, parts.now);
    }
    if !keys.movements.is_empty() {
        found.movements = movements::load(tx, &keys.movements).await?;
    }
    if !keys.coins.is_empty() {
        let now;
        (found.coins, now) = coins::load(tx, &keys.coins).await?;
        clock = now.or(clock);
    }
    let now = match tx.given_now().or(clock) {
        Some(now) => Timestamp::from_micros(now),
        None => tx.now().await?,
    };
    Ok((found, now))
}

/// Reads packets with all their shares and claims.
pub(crate) async fn packets(tx: &mut PgConnection, ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault> {
    let packets = packets::look(tx, ids).await?;
    if packets.is_empty() {
        return Ok(Vec::new());
    }
    let parts = shares::load(tx, ids).await?;
    Ok(read_packets(packets, parts.shares, parts.claims)?)
}

/// Runs the statement for one table and kind, if there are rows for it. A friendship is two of its table's rows.
macro_rules! write {
    ($tx:ident, $table:ident::$statement:ident, $rows:expr $(, $rows_each:literal)?) => {
        if !$rows.is_empty() {
            exactly($table::$statement($tx, $rows).await?.rows_affected(), $rows.len() $(* $rows_each)?)?;
        }
    };
}

/// Writes what a batch changed, and the attempt, if it is one, at its time.
pub(crate) async fn write(
    tx: &mut PgConnection,
    writes: &Writes,
    attempt: Option<(Attempt, Timestamp)>,
) -> Result<(), Fault> {
    write!(tx, deployment::insert, &writes.deployment);
    write!(tx, users::insert, &writes.users.inserted);
    write!(tx, users::update, &writes.users.updated);
    write!(tx, requests::insert, &writes.requests.inserted);
    write!(tx, requests::update, &writes.requests.updated);
    write!(tx, requests::delete, &writes.requests.deleted);
    write!(tx, sessions::insert, &writes.sessions.inserted);
    write!(tx, sessions::update, &writes.sessions.updated);
    write!(tx, sessions::delete, &writes.sessions.deleted);
    write!(tx, friendships::insert, &writes.friendships.inserted, 2);
    write!(tx, friendships::delete, &writes.friendships.deleted, 2);
    write!(tx, blocks::insert, &writes.blocks.inserted);
    write!(tx, blocks::delete, &writes.blocks.deleted);
    write!(tx, im_accounts::insert, &writes.im_accounts.inserted);
    write!(tx, im_accounts::update, &writes.im_accounts.updated);
    write!(tx, groups::insert, &writes.groups.inserted);
    write!(tx, groups::update, &writes.groups.updated);
    write!(tx, memberships::insert, &writes.memberships.inserted);
    write!(tx, memberships::update, &writes.memberships.updated);
    write!(tx, outbox::insert, &writes.outbox.inserted);
    write!(tx, outbox::update, &writes.outbox.updated);
    write!(tx, outbox::delete, &writes.outbox.deleted);
    write!(tx, endpoints::insert, &writes.endpoints.inserted);
    write!(tx, endpoints::update, &writes.endpoints.updated);
    write!(tx, endpoints::delete, &writes.endpoints.deleted);
    write!(tx, admin_tokens::insert, &writes.admin_tokens.inserted);
    write!(tx, admin_tokens::update, &writes.admin_tokens.updated);
    write!(tx, operations::insert, &writes.operations.inserted);
    write!(tx, operations::update, &writes.operations.updated);
    write!(tx, coins::insert, &writes.coins.inserted);
    write!(tx, coins::update, &writes.coins.updated);
    ledger::update(tx, writes).await?;
    ledger::insert(tx, writes, attempt).await
}

/// How many rows of a table are held at once. It bounds the memory.
const PAGE: usize = 1000;

/// Reads a whole table, in the order of its key.
pub(crate) fn pages(tx: &mut PgConnection, table: Table) -> BoxStream<'_, Result<Page, Fault>> {
    match table {
        Table::Deployment => paged(deployment::all(tx), Page::Deployment),
        Table::Users => paged(users::all(tx), Page::Users),
        Table::Sessions => paged(sessions::all(tx), Page::Sessions),
        Table::Friendships => paged(friendships::all(tx), Page::Friendships),
        Table::Blocks => paged(blocks::all(tx), Page::Blocks),
        Table::ImAccounts => paged(im_accounts::all(tx), Page::ImAccounts),
        Table::Coins => paged(coins::all(tx), Page::Coins),
        Table::Accounts => paged(accounts::all(tx), Page::Accounts),
        Table::Packets => paged(packets::all(tx), Page::Packets),
        Table::Shares => paged(shares::all(tx), Page::Shares),
        Table::Claims => paged(claims::all(tx), Page::Claims),
        Table::Movements => paged(movements::all(tx), Page::Movements),
        Table::Postings => paged(postings::all(tx), Page::Postings),
        Table::Requests => paged(requests::all(tx), Page::Requests),
        Table::Groups => paged(groups::all(tx), Page::Groups),
        Table::Memberships => paged(memberships::all(tx), Page::Memberships),
        Table::Outbox => paged(outbox::all(tx), Page::Outbox),
        Table::Endpoints => paged(endpoints::all(tx), Page::Endpoints),
        Table::AdminTokens => paged(admin_tokens::all(tx), Page::AdminTokens),
        Table::Operations => paged(operations::all(tx), Page::Operations),
    }
}

fn paged<'tx, R: Send + 'tx>(rows: Rows<'tx, R>, page: fn(Vec<R>) -> Page) -> BoxStream<'tx, Result<Page, Fault>> {
    rows.map_err(|error| fault::of(error, "cannot read the rows"))
        .try_chunks(PAGE)
        .map_ok(page)
        .map_err(|TryChunksError(_, fault)| fault)
        .boxed()
}
