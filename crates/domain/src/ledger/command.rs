//! Commands: everything that the ledger can be asked to do, and what each answers.

use std::collections::BTreeSet;

use super::{
    AccountKey, Book, Deposit, DepositRefusal, Moved, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
    WithdrawRefusal,
};
use crate::{
    id::{CoinId, CommandId, Reference, RequestKey, TransferId, UserId},
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve, ReserveRefusal,
        Reserved, SettleClaim, SettleRefusal,
    },
};

/// One thing to do, with what identifies this attempt at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Fresh for every attempt; it groups the postings.
    pub id: CommandId,
    /// The caller's request that the command belongs to, if the caller named it.
    pub request: Option<Request>,
    /// What to do.
    pub action: Action,
}

/// A caller's request that may be repeated, recorded in the transaction of a command that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub user: UserId,
    /// The method, as in its path.
    pub method: &'static str,
    /// The caller's key, unique for the user and method.
    pub key: RequestKey,
    /// SHA-256 of the parsed request without its session.
    pub fingerprint: [u8; 32],
    /// What was answered; `None` while the request is running.
    pub reply: Option<StoredReply>,
}

impl Request {
    /// What it is known by, in the canonical order.
    pub fn name(&self) -> (UserId, &'static str, RequestKey) {
        (self.user, self.method, self.key)
    }
}

/// An answer that a repeat of the request is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// The contract's number.
    pub status: u16,
    /// The outcome as JSON text.
    pub outcome: String,
}

/// Names everything that a batch may read or change, in one canonical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Coins, only read.
    pub coins: BTreeSet<CoinId>,
    /// Accounts to lock.
    pub accounts: BTreeSet<AccountKey>,
    /// Packets to lock, each with its shares and claims.
    pub packets: BTreeSet<TransferId>,
    /// Deposits and withdrawals.
    pub movements: BTreeSet<Reference>,
}

impl Keys {
    /// Collects the keys of a whole batch.
    pub fn of(batch: &[Command]) -> Self {
        let mut keys = Self::default();
        for command in batch {
            command.action.touch(&mut keys);
        }
        keys
    }

    /// Says whether both name something that is not only read. `other` may be large.
    pub fn meets(&self, other: &Self) -> bool {
        self.accounts.iter().any(|key| other.accounts.contains(key))
            || self.packets.iter().any(|id| other.packets.contains(id))
            || self.movements.iter().any(|reference| other.movements.contains(reference))
    }

    /// Adds what `other` names.
    pub fn extend(&mut self, other: &Self) {
        self.coins.extend(&other.coins);
        self.accounts.extend(&other.accounts);
        self.packets.extend(&other.packets);
        self.movements.extend(&other.movements);
    }

    pub(crate) fn account(&mut self, user: UserId, coin: CoinId) {
        self.accounts.insert(AccountKey { user, coin });
    }
}

/// What one kind of action answers, and how to find the answer among all outcomes.
pub trait Verb: Into<Action> {
    /// The answer when it is done.
    type Done;
    /// Why the business says no. Nothing was changed then.
    type Refusal;

    /// Takes this action's answer out of `outcome`; `None` if it is another action's.
    fn answer(outcome: Outcome) -> Option<Result<Self::Done, Self::Refusal>>;
}

/// The table of all actions: name, answer, refusal. Each has `touch` and `apply` beside its rule.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident -> $done:ty, $refusal:ty;)*) => {
        /// What a command asks for.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $name($name),)*
        }

        /// What a command of the same name answered.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Outcome {
            $($(#[$doc])* $name(Result<$done, $refusal>),)*
        }

        impl Action {
            fn touch(&self, keys: &mut Keys) {
                match self {
                    $(Self::$name(action) => action.touch(keys),)*
                }
            }

            pub(super) fn apply(&self, book: &mut Book, command: CommandId) -> Outcome {
                match self {
                    $(Self::$name(action) => Outcome::$name(action.apply(book, command)),)*
                }
            }
        }

        impl Outcome {
            /// Says whether the command did what it was asked for.
            pub fn is_done(&self) -> bool {
                match self {
                    $(Self::$name(answer) => answer.is_ok(),)*
                }
            }
        }

        $(
            impl From<$name> for Action {
                fn from(action: $name) -> Self {
                    Self::$name(action)
                }
            }

            impl Verb for $name {
                type Done = $done;
                type Refusal = $refusal;

                fn answer(outcome: Outcome) -> Option<Result<$done, $refusal>> {
                    if let Outcome::$name(answer) = outcome { Some(answer) } else { None }
                }
            }
        )*
    };
}

actions! {
    /// Opens an empty account.
    OpenAccount -> Opened, OpenAccountRefusal;
    /// Brings money in from outside.
    Deposit -> Moved, DepositRefusal;
    /// Takes money out.
    Withdraw -> Moved, WithdrawRefusal;
    /// Makes a packet and moves its money from the sender into it.
    Reserve -> Reserved, ReserveRefusal;
    /// Opens a packet whose message was delivered.
    Confirm -> Confirmed, ConfirmRefusal;
    /// Gives back the money of a packet whose message was not delivered.
    Cancel -> Cancelled, CancelRefusal;
    /// Takes a share for a receiver, under a lease.
    BeginClaim -> Begun, BeginClaimRefusal;
    /// Moves the money of a taken share to its receiver.
    SettleClaim -> Receipt, SettleRefusal;
    /// Puts a taken share back.
    ReleaseClaim -> Released, ReleaseRefusal;
    /// Gives back what nobody has claimed in time.
    Expire -> Expired, ExpireRefusal;
}
