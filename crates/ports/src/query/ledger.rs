//! The ledger: accounts, packets, and the proof that the money holds.

use std::{collections::BTreeSet, ops::Range};

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{AccountKey, Audit, Holding, Posting},
    money::Coin,
    red_packet::{Packet, PacketRef, Viewed},
    time::Timestamp,
};

use super::page::Page;
use crate::Fault;

/// Names a claim in progress, so that it can be released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRef {
    /// The packet.
    pub packet: PacketRef,
    /// Who claims.
    pub taker: UserId,
    /// The claim's version.
    pub fence: u64,
}

/// What was left behind and wants to be finished or undone. Candidates only: each command judges again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Packets still being sent although their lease is over: to cancel.
    pub sending: Vec<PacketRef>,
    /// Claims in progress although their lease is over: to release.
    pub claiming: Vec<ClaimRef>,
    /// Open packets whose time is over, without a claim in progress: to expire.
    pub expired: Vec<PacketRef>,
}

/// What a look for overdue work leaves out, because it cannot be helped at the moment: it must not hide the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Except {
    /// Accounts that cannot take money back: all packets of their senders in their coins.
    pub accounts: BTreeSet<AccountKey>,
    /// Packets that cannot be handled, with their claims.
    pub packets: BTreeSet<TransferId>,
}

/// Accounts, packets and the journal, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait LedgerQueries: Send + Sync {
    /// Gives all coins, by id.
    async fn coins(&self) -> Result<Vec<Coin>, Fault>;

    /// Gives what a user has, by coin id; accounts that are empty are listed, too.
    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault>;

    /// Gives a packet; `None` if there is none.
    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault>;

    /// Gives the packets with these ids that exist, with their claims, all read at one moment.
    async fn packets_with(&self, ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault>;

    /// Gives a packet and where it stands, judged by the ledger's clock after it was read; `None` if there is none.
    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault>;

    /// Gives at most `limit` candidates of each kind, longest overdue first, judged by the ledger's clock, but for those
    /// that `except` names.
    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault>;

    /// Proves that the money holds, over one consistent snapshot, while others go on writing.
    async fn audit(&self) -> Result<Audit, Fault>;

    /// Gives the packets that a user sent and those that have a share for the user, by falling ids, which is newest
    /// first: those below `page.after`. All of a page are of one moment, and it costs the same however many there are. A user
    /// who does not exist has none.
    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault>;

    /// Gives packets of any user, by falling ids, which is newest first: those below `page.after`. All of a page are of one
    /// moment, and it costs the same however many there are.
    async fn packets(&self, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault>;

    /// Gives the journal of a packet, in order. A packet that does not exist has none.
    async fn postings_of(&self, packet: TransferId) -> Result<Vec<Posting>, Fault>;

    /// Gives the journal of an account, of those moments, by falling numbers, which is newest first: those below
    /// `page.after`. A page costs the same however long the journal is, but for what lies between it and `until`.
    async fn statement(
        &self,
        account: AccountKey,
        times: Range<Timestamp>,
        page: Page<u64>,
    ) -> Result<Vec<Posting>, Fault>;
}
