//! Commands: everything that a store can be asked to do, and what each answers.

mod apply;
mod batch;
mod lane;
mod work;

use self::work::Continues;
pub use self::{batch::Batch, lane::Lane};
use super::{
    AskRequest, BeginCall, Book, EndCall, Keys, Progress, RecordAnswer, RequestRefusal, RequestStep, Rule, StepRule,
    Work,
};
use crate::{
    admin::{AddAdminToken, BeginOperation, EndOperation, MarkTokenUsed, RevokeAdminToken},
    friend::{AddFriend, DeleteFriend, SetBlock},
    group::{
        ActivateGroup, ActivateJoin, ClaimCheck, DiscardGroup, DiscardJoin, EndCheck, PrepareGroup, PrepareJoin,
        ResumeJoin, UndoLapsed,
    },
    id::CommandId,
    ledger::{AddCoin, Deposit, OpenAccount, Withdraw},
    outbox::{ClaimDelivery, DropDelivery, EndDelivery, RetryDelivery},
    profile::{ConfirmProfile, IntroduceProfile, InvalidateProfile, KeepToken},
    red_packet::{BeginClaim, Cancel, Confirm, Expire, Recall, ReleaseClaim, Reserve, SettleClaim},
    session::{RegisterSession, RevokeSession, RevokeSessions},
    user::{AddUser, ChangeUser, SetUser},
    webhook::{AddEndpoint, RemoveEndpoint, RotateSecret, SetEndpoint},
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

/// What may be a step of a request under a key: its rule says what becomes of the request.
pub trait StepVerb: Verb {}

macro_rules! step {
    (step $name:ident) => {
        impl StepVerb for $name {}
    };
}

macro_rules! progress {
    (step $action:ident, $answer:ident, $book:ident) => {
        $action.progress(&$answer, $book)
    };
    ($action:ident, $answer:ident, $book:ident) => {
        Progress::Same
    };
}

// A continuation says what it goes on with; everything else begins something.
macro_rules! work {
    ($action:ident: Continuation step) => {
        $action.work()
    };
    ($action:ident: $lane:ident $($step:ident)?) => {{
        let _ = $action;
        None
    }};
}

/// The table of all actions: lane, whether it may be a step of a request, and name. What each answers says its [`Rule`].
macro_rules! actions {
    ($($(#[$doc:meta])* $lane:ident $($step:ident)?: $name:ident;)*) => {
        /// What a command asks for.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $name($name),)*
        }

        /// What a command of the same name answered.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Outcome {
            $($(#[$doc])* $name(Result<<$name as Rule>::Done, <$name as Rule>::Refusal>),)*
            /// The command was not run: the key of its request is in use.
            Request(RequestRefusal),
        }

        impl Action {
            /// The names of all actions.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Says which lane the action belongs to.
            pub const fn lane(&self) -> Lane {
                match self {
                    $(Self::$name(_) => Lane::$lane,)*
                }
            }

            /// Gives the action's name, as it stands in this list.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// Gives what the action goes on with; `None` for one that begins something, or is never part of a request.
            fn work(&self) -> Option<Work> {
                match self {
                    $(Self::$name(action) => work!(action: $lane $($step)?),)*
                }
            }

            fn touch(&self, keys: &mut Keys) {
                match self {
                    $(Self::$name(action) => action.touch(keys),)*
                }
            }

            fn apply(&self, book: &mut Book, command: CommandId) -> (Outcome, Progress) {
                match self {
                    $(Self::$name(action) => {
                        let answer = action.apply(book, command);
                        let progress = progress!($($step)? action, answer, book);
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

            $(step!($step $name);)?

            impl Verb for $name {
                type Done = <$name as Rule>::Done;
                type Refusal = <$name as Rule>::Refusal;

                fn answer(outcome: Outcome) -> Option<Result<Self::Done, Self::Refusal>> {
                    if let Outcome::$name(answer) = outcome { Some(answer) } else { None }
                }
            }
        )*
    };
}

// A sweep cancels and releases too. It does for a saga what that saga's own second step should have done, so it goes as that.
actions! {
    /// Makes a key a session.
    New: RegisterSession;
    /// Ends a session.
    New: RevokeSession;
    /// Ends all sessions of a user.
    New: RevokeSessions;
    /// Adds a user who is not there.
    New: AddUser;
    /// Adds a user or sets what one may do.
    New: SetUser;
    /// Changes some of what a user may do.
    New: ChangeUser;
    /// Makes two users friends.
    New step: AddFriend;
    /// Ends a friendship.
    New step: DeleteFriend;
    /// Sets or lifts a block.
    New: SetBlock;
    /// Gives a user a name and a portrait who has neither.
    New: IntroduceProfile;
    /// Marks our copy of a profile as stale.
    New: InvalidateProfile;
    /// Keeps what the IM cloud holds.
    Continuation: ConfirmProfile;
    /// Keeps a token.
    Continuation: KeepToken;
    /// Makes a group that the IM cloud is about to be asked for.
    New step: PrepareGroup;
    /// Brings a group to life.
    Continuation step: ActivateGroup;
    /// Gives a group up.
    Continuation step: DiscardGroup;
    /// Takes a user's row for a join, or for the undo before it.
    New step: PrepareJoin;
    /// Goes on with a join after the undo.
    Continuation step: ResumeJoin;
    /// Makes a user a member.
    Continuation step: ActivateJoin;
    /// Undoes a join.
    Continuation step: DiscardJoin;
    /// Gives up groups and joins that were never finished.
    Sweep: UndoLapsed;
    /// Takes a row for a check with the IM cloud.
    Sweep: ClaimCheck;
    /// Ends a check, or the undo before a join.
    Continuation step: EndCheck;
    /// Adds a coin or changes its limits.
    New: AddCoin;
    /// Opens an empty account.
    New: OpenAccount;
    /// Brings money in from outside.
    New: Deposit;
    /// Takes money out.
    New: Withdraw;
    /// Makes a packet and moves its money from the sender into it.
    New step: Reserve;
    /// Opens a packet whose message was delivered.
    Continuation step: Confirm;
    /// Gives back the money of a packet whose message was not delivered.
    Continuation step: Cancel;
    /// Takes an open packet back for its sender.
    New: Recall;
    /// Takes a share for a receiver, under a lease.
    New step: BeginClaim;
    /// Moves the money of a taken share to its receiver.
    Continuation step: SettleClaim;
    /// Puts a taken share back.
    Continuation step: ReleaseClaim;
    /// Asks what has become of a request under a key.
    New step: AskRequest;
    /// Remembers what a request has come to.
    New step: RecordAnswer;
    /// Keeps a key for a call to the IM cloud.
    New step: BeginCall;
    /// Ends the request whose call it was.
    Continuation step: EndCall;
    /// Gives back what was not claimed in time.
    Sweep: Expire;
    /// Takes a delivery that is due.
    Sweep: ClaimDelivery;
    /// Ends a try at a delivery.
    Sweep: EndDelivery;
    /// Has a delivery tried again.
    New: RetryDelivery;
    /// Forgets a delivery.
    New: DropDelivery;
    /// Adds an endpoint of the app's backend.
    New: AddEndpoint;
    /// Signs what an endpoint is told with another secret.
    New: RotateSecret;
    /// Tells an endpoint what happens, or not any more.
    New: SetEndpoint;
    /// Forgets an endpoint.
    New: RemoveEndpoint;
    /// Adds a token of an administrator.
    New: AddAdminToken;
    /// Makes a token good for nothing.
    New: RevokeAdminToken;
    /// Notes that a token was shown.
    Sweep: MarkTokenUsed;
    /// Logs what an administrator asks for.
    New: BeginOperation;
    /// Ends what an administrator asked for.
    New: EndOperation;
}
