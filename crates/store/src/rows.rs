//! Every table that there is, with its columns: named once, here.
//!
//! Amounts are minor units, times are microseconds since 1970 (UTC), ids that a store keeps as 16 bytes are numbers. Whatever
//! reads or writes a table, a batch as well as a transfer to another store, does it by these rows.

mod cell;
mod groups;
mod ledger;
mod people;
mod requests;
mod table;
mod text;
mod unreadable;

pub use self::{
    cell::{Cell, Cells, Signed},
    ledger::direction,
    table::{
        AccountRow, BlockRow, ClaimRow, CoinRow, DeploymentRow, FriendshipRow, GroupRow, ImAccountRow, LEFT_BEHIND,
        MembershipRow, MovementRow, PacketRow, Page, PostingRow, RequestRow, SessionRow, ShareRow, Table, UserRow,
    },
    text::{amount, parse, scale, version},
    unreadable::Unreadable,
};
