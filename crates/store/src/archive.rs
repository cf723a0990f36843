//! A whole store that no other process uses, to be moved to another.
//!
//! Here rows go from one store to another as they are stored, table by table, judged only by the constraints of the store
//! that takes them and by the audit. No use case of the business may build on this.

pub mod transfer;

use std::{error::Error, fmt};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use hongbao_domain::ledger::Audit;

use hongbao_ports::Fault;

pub use crate::rows::{LEFT_BEHIND, Page, Table};

/// What has been begun and only a server can end: it must not be torn from the server that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leases {
    /// Packets that are being sent.
    pub sending: u64,
    /// Claims in progress.
    pub claiming: u64,
    /// Groups that are being made.
    pub preparing: u64,
    /// Users who are joining a group.
    pub joining: u64,
    /// Checks of groups and members that are under way.
    pub checking: u64,
}

impl Leases {
    /// Says whether there is none at all.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Says why a store cannot be had for oneself.
#[derive(Debug)]
pub enum ArchiveError {
    /// It cannot be opened.
    Closed(Fault),
    /// Its schema is not the one of this version.
    OtherSchema,
    /// Others use it: a server runs on it, or another process looks into it.
    InUse,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed(_) => "the store cannot be opened",
            Self::OtherSchema => "its schema is not the one of this version",
            Self::InUse => "it is in use",
        })
    }
}

impl Error for ArchiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Closed(fault) => Some(fault),
            Self::OtherSchema | Self::InUse => None,
        }
    }
}

/// A store that no other process can write, from its opening to its end, in one transaction.
///
/// Nothing that was written stays unless [`keep`](Self::keep) is called: who drops an archive, or dies, has changed
/// nothing.
#[async_trait]
pub trait Archive: Send {
    /// Counts what is in progress.
    async fn leases(&mut self) -> Result<Leases, Fault>;

    /// Gives all rows of a table, a bounded number at a time, in the order of the table's key. No page is empty.
    fn pages(&mut self, table: Table) -> BoxStream<'_, Result<Page, Fault>>;

    /// Adds rows. Those that they refer to must be there already: [`Table::ALL`] is in the right order.
    async fn write(&mut self, page: &Page) -> Result<(), Fault>;

    /// Forgets what the store is for, which is all that an empty store may hold.
    async fn unmark(&mut self) -> Result<(), Fault>;

    /// Proves that the money holds, what was just written included.
    async fn audit(&mut self) -> Result<Audit, Fault>;

    /// Says whether no other process is on the store. Ask at the end: one that was away when it was opened, and had
    /// no connection by which to be seen, is waited for as long as a server can be without one.
    async fn is_alone(&mut self) -> Result<bool, Fault>;

    /// Makes what was written last. [`FaultKind::Unresolved`](hongbao_ports::FaultKind::Unresolved): it may have been made so or not.
    async fn keep(self: Box<Self>) -> Result<(), Fault>;

    /// Takes back what was written and lets others in again.
    async fn leave(self: Box<Self>);
}
