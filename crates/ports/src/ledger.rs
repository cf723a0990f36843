//! The ledger: the only place where money moves.

use std::collections::BTreeSet;

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{
        AccountKey, Audit, Deposit, DepositRefusal, Holding, Moved, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
        WithdrawRefusal,
    },
    money::Coin,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Packet, PacketRef, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve,
        ReserveRefusal, Reserved, SettleClaim, SettleRefusal, Viewed,
    },
};

use crate::{Failure, Fault};

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

/// Says why a coin cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddCoinRefusal {
    /// There is a coin of this id with another scale, and a scale never changes.
    ScaleDiffers,
}

/// Accounts, packets and the journal.
///
/// Every method that changes something is one atomic, durable command: `Ok` survives a crash of the machine, a
/// refusal has changed nothing, [`Failure::Fault`] says by its kind whether something may have changed. Time is the
/// ledger's own, read after everything that the command touches was locked. The rules stand in the domain, with the
/// commands; each promises there what a repeat does.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Adds a coin, or changes the limits of one that is there. A repeat changes nothing.
    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>>;

    /// Gives all coins, by id.
    async fn coins(&self) -> Result<Vec<Coin>, Fault>;

    /// Opens an empty account. A repeat says so and changes nothing.
    async fn open_account(&self, open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>>;

    /// Brings money in from outside. A repeat with the same reference moves nothing and says so.
    async fn deposit(&self, deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>>;

    /// Takes money out. A repeat with the same reference moves nothing and says so.
    async fn withdraw(&self, withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>>;

    /// Makes a packet in state sending and moves its money from the sender into it, under a lease.
    async fn reserve(&self, reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>>;

    /// Opens a packet whose message was delivered. A repeat, or a claim that came first, makes it a no-op.
    async fn confirm(&self, confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>>;

    /// Ends a packet whose message was not delivered and moves its money back. A repeat is a no-op; once the packet
    /// is open, it is refused.
    async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>>;

    /// Takes a share under a lease, and opens a packet that is still being sent. One's own claim whose lease is over
    /// is taken over: its old fence moves nothing any more.
    async fn begin_claim(&self, begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>>;

    /// Moves a taken share's money to its taker, opening an account where there is none. A repeat with the same
    /// fence gives the same receipt.
    async fn settle_claim(&self, settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>>;

    /// Puts a taken share back, or refunds the packet when it has expired meanwhile. A repeat with the same fence
    /// changes nothing.
    async fn release_claim(&self, release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>>;

    /// Moves what is left of an expired packet back to its sender. A second one is refused.
    async fn expire(&self, expire: Expire) -> Result<Expired, Failure<ExpireRefusal>>;

    /// Gives what a user has, by coin id; accounts that are empty are listed, too.
    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault>;

    /// Gives a packet; `None` if there is none.
    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault>;

    /// Gives a packet and where it stands, judged by the ledger's clock after it was read; `None` if there is none.
    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault>;

    /// Gives at most `limit` candidates of each kind, longest overdue first, judged by the ledger's clock, but for those
    /// that `except` names.
    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault>;

    /// Proves that the money holds, over one consistent snapshot, while others go on writing.
    async fn audit(&self) -> Result<Audit, Fault>;
}
