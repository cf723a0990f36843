//! Commands: everything that a store can be asked to do, and what each answers.

use std::convert::Infallible;

use super::{Book, Keys, Lane, RequestRefusal, RequestStep, request::Progress};
use crate::{
    friend::{AddFriend, AddFriendRefusal, BlockRefusal, DeleteFriend, DeleteFriendRefusal, Friend, SetBlock},
    group::{
        ActivateGroup, ActivateGroupRefusal, ActivateJoin, CheckLease, ClaimCheck, DiscardGroup, DiscardGroupRefusal,
        DiscardJoin, DiscardJoinRefusal, EndCheck, Group, JoinRef, Joined, NotDue, PrepareGroup, PrepareGroupRefusal,
        PrepareJoin, PrepareJoinRefusal, PreparedJoin, ResumeJoin, Stale, UndoLapsed,
    },
    id::CommandId,
    ledger::{
        AddCoin, AddCoinRefusal, Deposit, DepositRefusal, Moved, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
        WithdrawRefusal,
    },
    profile::{ConfirmProfile, IntroduceProfile, InvalidateProfile, KeepToken},
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve, ReserveRefusal,
        Reserved, SettleClaim, SettleRefusal,
    },
    session::{RegisterRefusal, RegisterSession, RevokeSession, RevokeSessions},
    user::{AddUser, ChangeUser, ChangeUserRefusal, SetUser, UserStatus},
};

/// One thing to do, with what identifies this attempt at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Fresh for every attempt; it groups the postings.
    pub id: CommandId,
    /// The step that it is of a caller's request, if the caller gave the request a key.
    pub request: Option<RequestStep>,
    /// What to do.
    pub action: Action,
}

/// What one kind of action answers, and how to find the answer among all outcomes.
pub trait Verb: Into<Action> {
    /// The answer when it is done.
    type Done;
    /// Why the business says no. Nothing was changed then but the request that the command is a step of.
    type Refusal;

    /// Takes this action's answer out of `outcome`; `None` if it is another action's.
    fn answer(outcome: Outcome) -> Option<Result<Self::Done, Self::Refusal>>;
}

/// What one kind of action needs and decides. It is implemented beside the noun that it is about.
pub(crate) trait Rule: Verb {
    /// Names the rows that the decision needs.
    fn touch(&self, keys: &mut Keys);

    /// Decides on the rows of `book`, and changes them. `command` groups the postings.
    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Self::Done, Self::Refusal>;

    /// Says what the answer makes of the request whose step this is. What is never part of one leaves it alone.
    fn progress(&self, _answer: &Result<Self::Done, Self::Refusal>, _book: &Book) -> Progress {
        Progress::Same
    }
}

/// The table of all actions: lane, name, answer, refusal. Each has a [`Rule`].
macro_rules! actions {
    ($($(#[$doc:meta])* $lane:ident: $name:ident -> $done:ty, $refusal:ty;)*) => {
        /// What a command asks for.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $name($name),)*
        }

        /// What a command of the same name answered.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Outcome {
            $($(#[$doc])* $name(Result<$done, $refusal>),)*
            /// The command was not run: the key of its request is in use.
            Request(RequestRefusal),
        }

        impl Action {
            /// Says which lane the action belongs to.
            pub const fn lane(&self) -> Lane {
                match self {
                    $(Self::$name(_) => Lane::$lane,)*
                }
            }

            pub(super) fn touch(&self, keys: &mut Keys) {
                match self {
                    $(Self::$name(action) => action.touch(keys),)*
                }
            }

            pub(super) fn apply(&self, book: &mut Book, command: CommandId) -> (Outcome, Progress) {
                match self {
                    $(Self::$name(action) => {
                        let answer = action.apply(book, command);
                        let progress = action.progress(&answer, book);
                        (Outcome::$name(answer), progress)
                    })*
                }
            }
        }

        impl Outcome {
            /// Says whether the command did what it was asked for.
            pub fn is_done(&self) -> bool {
                match self {
                    $(Self::$name(answer) => answer.is_ok(),)*
                    Self::Request(_) => false,
                }
            }

            /// Says whether the caller is told of something that is done, now or before, so that it must be durable first.
            pub const fn must_be_durable(&self) -> bool {
                match self {
                    $(Self::$name(answer) => answer.is_ok(),)*
                    Self::Request(RequestRefusal::Answered(_)) => true,
                    Self::Request(
                        RequestRefusal::Mismatch | RequestRefusal::InProgress | RequestRefusal::Lapsed(_)
                    ) => false,
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

// A sweep cancels and releases too. It does for a saga what that saga's own second step should have done, so it goes as that.
actions! {
    /// Makes a key a session.
    New: RegisterSession -> (), RegisterRefusal;
    /// Ends a session.
    New: RevokeSession -> bool, Infallible;
    /// Ends all sessions of a user.
    New: RevokeSessions -> u64, Infallible;
    /// Adds a user who is not there.
    New: AddUser -> bool, Infallible;
    /// Adds a user or sets what one may do.
    New: SetUser -> (), Infallible;
    /// Changes some of what a user may do.
    New: ChangeUser -> UserStatus, ChangeUserRefusal;
    /// Makes two users friends.
    New: AddFriend -> Friend, AddFriendRefusal;
    /// Ends a friendship.
    New: DeleteFriend -> Friend, DeleteFriendRefusal;
    /// Sets or lifts a block.
    New: SetBlock -> (), BlockRefusal;
    /// Gives a user a name and a portrait who has neither.
    New: IntroduceProfile -> (), Infallible;
    /// Marks our copy of a profile as stale.
    New: InvalidateProfile -> u64, Infallible;
    /// Keeps what the IM cloud holds.
    Continuation: ConfirmProfile -> (), Infallible;
    /// Keeps a token.
    Continuation: KeepToken -> (), Infallible;
    /// Makes a group that the IM cloud is about to be asked for.
    New: PrepareGroup -> Group, PrepareGroupRefusal;
    /// Brings a group to life.
    Continuation: ActivateGroup -> Group, ActivateGroupRefusal;
    /// Gives a group up.
    Continuation: DiscardGroup -> (), DiscardGroupRefusal;
    /// Takes a user's row for a join, or for the undo before it.
    New: PrepareJoin -> PreparedJoin, PrepareJoinRefusal;
    /// Goes on with a join after the undo.
    Continuation: ResumeJoin -> JoinRef, Stale;
    /// Makes a user a member.
    Continuation: ActivateJoin -> Joined, Stale;
    /// Undoes a join.
    Continuation: DiscardJoin -> (), DiscardJoinRefusal;
    /// Gives up groups and joins that were never finished.
    Sweep: UndoLapsed -> u64, Infallible;
    /// Takes a row for a check with the IM cloud.
    Sweep: ClaimCheck -> CheckLease, NotDue;
    /// Ends a check, or the undo before a join.
    Continuation: EndCheck -> (), Stale;
    /// Adds a coin or changes its limits.
    New: AddCoin -> (), AddCoinRefusal;
    /// Opens an empty account.
    New: OpenAccount -> Opened, OpenAccountRefusal;
    /// Brings money in from outside.
    New: Deposit -> Moved, DepositRefusal;
    /// Takes money out.
    New: Withdraw -> Moved, WithdrawRefusal;
    /// Makes a packet and moves its money from the sender into it.
    New: Reserve -> Reserved, ReserveRefusal;
    /// Opens a packet whose message was delivered.
    Continuation: Confirm -> Confirmed, ConfirmRefusal;
    /// Gives back the money of a packet whose message was not delivered.
    Continuation: Cancel -> Cancelled, CancelRefusal;
    /// Takes a share for a receiver, under a lease.
    New: BeginClaim -> Begun, BeginClaimRefusal;
    /// Moves the money of a taken share to its receiver.
    Continuation: SettleClaim -> Receipt, SettleRefusal;
    /// Puts a taken share back.
    Continuation: ReleaseClaim -> Released, ReleaseRefusal;
    /// Gives back what was not claimed in time.
    Sweep: Expire -> Expired, ExpireRefusal;
}
