//! The ledger: the only place where money moves.

use async_trait::async_trait;
use hongbao_domain::{
    ledger::{
        AddCoinRefusal, Deposit, DepositRefusal, Moved, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
        WithdrawRefusal,
    },
    money::Coin,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve, ReserveRefusal,
        Reserved, SettleClaim, SettleRefusal,
    },
};

use crate::Failure;

/// Accounts, packets and the journal. What is there is asked of [`LedgerQueries`](crate::query::LedgerQueries).
///
/// Every method is one atomic, durable command: `Ok` survives a crash of the machine, a
/// refusal has changed nothing, [`Failure::Fault`] says by its kind whether something may have changed. Time is the
/// ledger's own, read after everything that the command touches was locked. The rules stand in the domain, with the
/// commands; each promises there what a repeat does.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Adds a coin, or changes the limits of one that is there. A repeat changes nothing.
    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>>;

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
}
