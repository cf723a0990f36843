//! The tables: each file loads the rows that a batch names, writes those that it changed, and reads all for an archive.
//!
//! One statement for each table and kind; a batch that names no row of a table spends none on it. Every update names what
//! was loaded; if a row is not as it was loaded, the batch must not commit.

mod accounts;
mod blocks;
mod claims;
mod coins;
mod deployment;
mod friendships;
mod groups;
mod im_accounts;
mod memberships;
mod movements;
mod packets;
mod postings;
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
    Found, Writes, read_packets,
    rows::{Page, Table},
};
use sqlx::SqliteConnection;

use self::statement::{Rows, Wrote};
use crate::fault;

/// Loads what a batch names.
pub(crate) async fn load(tx: &mut SqliteConnection, keys: &Keys) -> Result<Found, Fault> {
    find(tx, keys).await.map_err(|error| fault::of(error, "cannot load the batch"))
}

async fn find(tx: &mut SqliteConnection, keys: &Keys) -> Result<Found, sqlx::Error> {
    let mut found = Found::default();
    if !keys.users.is_empty() {
        found.users = users::load(tx, &keys.users).await?;
    }
    if !keys.requests.is_empty() {
        found.requests = requests::load(tx, &keys.requests).await?;
    }
    if !keys.sessions.is_empty() {
        found.sessions = sessions::load(tx, &keys.sessions).await?;
    }
    if !keys.sessions_of.is_empty() {
        found.sessions.extend(sessions::load_of(tx, &keys.sessions_of).await?);
    }
    if !keys.friendships.is_empty() {
        found.friendships = friendships::load(tx, &keys.friendships).await?;
    }
    if !keys.friends_of.is_empty() {
        found.friend_counts = friendships::count(tx, &keys.friends_of).await?;
    }
    if !keys.blocks.is_empty() {
        found.blocks = blocks::load(tx, &keys.blocks).await?;
    }
    if !keys.im_accounts.is_empty() {
        found.im_accounts = im_accounts::load(tx, &keys.im_accounts).await?;
    }
    if !keys.groups.is_empty() || !keys.groups_seen.is_empty() {
        found.groups = groups::load(tx, keys.groups.union(&keys.groups_seen)).await?;
    }
    if !keys.memberships.is_empty() {
        found.memberships = memberships::load(tx, &keys.memberships).await?;
    }
    if !keys.members_of.is_empty() {
        found.member_counts = memberships::count(tx, &keys.members_of).await?;
    }
    if !keys.coins.is_empty() {
        found.coins = coins::load(tx, &keys.coins).await?;
    }
    if !keys.accounts.is_empty() {
        found.accounts = accounts::load(tx, &keys.accounts).await?;
    }
    if !keys.packets.is_empty() {
        found.packets = packets::load(tx, &keys.packets).await?;
    }
    if !found.packets.is_empty() {
        found.shares = shares::load(tx, &keys.packets).await?;
        found.claims = claims::load(tx, &keys.packets).await?;
    }
    if !keys.movements.is_empty() {
        found.movements = movements::load(tx, &keys.movements).await?;
    }
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
            $table::$statement($tx, $rows).await.wrote($rows.len() $(* $rows_each)?)?;
        }
    };
}

/// Writes what a batch changed.
pub(crate) async fn write(tx: &mut SqliteConnection, writes: &Writes) -> Result<(), Fault> {
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
    }
}

fn paged<'tx, R: Send + 'tx>(rows: Rows<'tx, R>, page: fn(Vec<R>) -> Page) -> BoxStream<'tx, Result<Page, Fault>> {
    rows.map_err(|error| fault::of(error, "cannot read the rows"))
        .try_chunks(PAGE)
        .map_ok(page)
        .map_err(|TryChunksError(_, fault)| fault)
        .boxed()
}

/// Adds a page to an empty table.
pub(crate) async fn insert(tx: &mut SqliteConnection, page: &Page) -> Result<(), Fault> {
    let written = match page {
        Page::Deployment(rows) => deployment::insert(tx, rows).await,
        Page::Users(rows) => users::insert(tx, rows).await,
        Page::Sessions(rows) => sessions::insert(tx, rows).await,
        Page::Friendships(rows) => friendships::insert(tx, rows).await,
        Page::Blocks(rows) => blocks::insert(tx, rows).await,
        Page::ImAccounts(rows) => im_accounts::insert(tx, rows).await,
        Page::Coins(rows) => coins::insert(tx, rows).await,
        Page::Accounts(rows) => accounts::insert(tx, rows).await,
        Page::Packets(rows) => packets::insert(tx, rows).await,
        Page::Shares(rows) => shares::insert(tx, rows).await,
        Page::Claims(rows) => claims::insert(tx, rows).await,
        Page::Movements(rows) => movements::insert(tx, rows).await,
        Page::Postings(rows) => postings::insert(tx, rows).await,
        Page::Requests(rows) => requests::insert(tx, rows).await,
        Page::Groups(rows) => groups::insert(tx, rows).await,
        Page::Memberships(rows) => memberships::insert(tx, rows).await,
    };
    let written = written.map_err(|error| fault::of(error, "cannot write the rows"))?.rows_affected();
    if written == page.count() { Ok(()) } else { Err(Fault::internal("cannot write every row")) }
}

#[cfg(test)]
mod tests;
