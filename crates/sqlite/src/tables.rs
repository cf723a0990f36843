//! The tables: each file loads the rows that a batch names, writes those that it changed, and reads all for an archive.
//!
//! One statement for each table and kind; a batch that names no row of a table spends none on it. Every update names what
//! was loaded; if a row is not as it was loaded, the batch must not commit.

pub(crate) mod accounts;
pub(crate) mod admin_tokens;
mod blocks;
mod claims;
pub(crate) mod coins;
mod deployment;
pub(crate) mod endpoints;
mod friendships;
pub(crate) mod groups;
mod im_accounts;
pub(crate) mod memberships;
mod movements;
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
use hongbao_domain::{id::TransferId, red_packet::Packet, store::Keys};
use hongbao_ports::Fault;
use hongbao_store::{
    Found, Writes, exactly, read_packets,
    rows::{Page, Table},
};
use sqlx::SqliteConnection;

use self::statement::{Rows, cannot};
use crate::fault;

/// Runs the statement for one table, if the batch names rows of it.
macro_rules! load {
    ($tx:ident, $found:expr, $table:ident::$statement:ident, $keys:expr) => {
        if !$keys.is_empty() {
            $found.extend($table::$statement($tx, $keys).await?);
        }
    };
}

/// Loads what a batch names.
pub(crate) async fn load(tx: &mut SqliteConnection, keys: &Keys) -> Result<Found, Fault> {
    find(tx, keys).await.map_err(|error| fault::of(error, "cannot load the batch"))
}

async fn find(tx: &mut SqliteConnection, keys: &Keys) -> Result<Found, sqlx::Error> {
    let mut found = Found::default();
    load!(tx, found.users, users::load, &keys.users);
    load!(tx, found.requests, requests::load, &keys.requests);
    load!(tx, found.sessions, sessions::load, &keys.sessions);
    load!(tx, found.sessions, sessions::load_of, &keys.sessions_of);
    load!(tx, found.friendships, friendships::load, &keys.friendships);
    load!(tx, found.friend_counts, friendships::count, &keys.friends_of);
    load!(tx, found.blocks, blocks::load, &keys.blocks);
    load!(tx, found.im_accounts, im_accounts::load, &keys.im_accounts);
    let groups = &keys.groups | &keys.groups_seen;
    load!(tx, found.groups, groups::load, &groups);
    load!(tx, found.memberships, memberships::load, &keys.memberships);
    load!(tx, found.member_counts, memberships::count, &keys.members_of);
    load!(tx, found.outbox, outbox::load, &keys.outbox);
    load!(tx, found.endpoints, endpoints::load, &keys.endpoints);
    load!(tx, found.admin_tokens, admin_tokens::load, &keys.admin_tokens);
    load!(tx, found.operations, operations::load, &keys.operations);
    load!(tx, found.coins, coins::load, &keys.coins);
    load!(tx, found.accounts, accounts::load, &keys.accounts);
    load!(tx, found.packets, packets::load, &keys.packets);
    if !found.packets.is_empty() {
        found.shares = shares::load(tx, &keys.packets).await?;
        found.claims = claims::load(tx, &keys.packets).await?;
    }
    load!(tx, found.movements, movements::load, &keys.movements);
    Ok(found)
}

/// Reads packets with all their shares and claims.
pub(crate) async fn packets(tx: &mut SqliteConnection, ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault> {
    let cannot = |error| fault::of(error, "cannot read the packets");
    let packets = packets::load(tx, ids).await.map_err(cannot)?;
    if packets.is_empty() {
        return Ok(Vec::new());
    }
    let shares = shares::load(tx, ids).await.map_err(cannot)?;
    let claims = claims::load(tx, ids).await.map_err(cannot)?;
    Ok(read_packets(packets, shares, claims)?)
}

/// Runs the statement for one table and kind, if there are rows for it. A friendship is two of its table's rows.
macro_rules! write {
    ($tx:ident, $table:ident::$statement:ident, $rows:expr $(, $rows_each:literal)?) => {
        if !$rows.is_empty() {
            let done = $table::$statement($tx, $rows).await.map_err(cannot)?;
            exactly(done.rows_affected(), $rows.len() $(* $rows_each)?)?;
        }
    };
}

/// Writes what a batch changed.
pub(crate) async fn write(tx: &mut SqliteConnection, writes: &Writes) -> Result<(), Fault> {
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
    write!(tx, accounts::insert, &writes.accounts.inserted);
    write!(tx, accounts::update, &writes.accounts.updated);
    write!(tx, packets::insert, &writes.packets.inserted);
    write!(tx, packets::update, &writes.packets.updated);
    write!(tx, shares::insert, &writes.shares.inserted);
    write!(tx, shares::update, &writes.shares.updated);
    // A claim that gives its share back makes room for the one that takes it.
    let (released, taken): (Vec<_>, Vec<_>) =
        writes.claims.updated.iter().partition(|row| row.after.state == "released");
    write!(tx, claims::update, &released);
    write!(tx, claims::update, &taken);
    write!(tx, claims::insert, &writes.claims.inserted);
    write!(tx, movements::insert, &writes.movements);
    write!(tx, postings::insert, &writes.postings);
    Ok(())
}

/// How many rows of a table are held at once. It bounds the memory.
const PAGE: usize = 1000;

/// Reads a whole table, in the order of its key.
pub(crate) fn pages(tx: &mut SqliteConnection, table: Table) -> BoxStream<'_, Result<Page, Fault>> {
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

#[cfg(test)]
mod tests;
