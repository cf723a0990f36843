//! Every table that there is, with its columns: named once, here.
//!
//! Amounts are minor units, times are microseconds since 1970 (UTC), ids that a store keeps as 16 bytes are numbers. Whatever
//! reads or writes a table, a batch as well as a transfer to another store, does it by these rows.

mod admin;
mod cell;
mod groups;
mod json;
mod ledger;
mod money;
mod outbox;
mod packets;
mod people;
mod progress;
mod requests;
mod row;
mod table;
mod text;
mod unreadable;
mod views;

pub use self::{
    admin::{AdminTokenRow, OperationRow},
    cell::{Cell, Cells, Signed},
    groups::{GroupRow, MembershipRow},
    json::{hex_of, json, lists, objects},
    ledger::{AccountRow, CoinRow, MovementRow, PostingRow, direction},
    outbox::{DeliveryRow, EndpointRow},
    packets::{ClaimRow, PacketRow, ShareRow},
    people::{BlockRow, FriendshipRow, ImAccountRow, SessionRow, UserRow},
    progress::{ProgressRow, in_progress},
    requests::RequestRow,
    table::{DeploymentRow, LEFT_BEHIND, Page, Table},
    text::{amount, parse, scale, version},
    unreadable::Unreadable,
    views::{
        CachedProfileRow, ClaimRefRow, DueRow, FriendRow, HoldingRow, PacketRefRow, SessionTimesRow, StatusRow,
        UserOverviewRow, id_range,
    },
};
