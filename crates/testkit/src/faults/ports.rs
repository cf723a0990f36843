//! The ports, with faults around each function.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    friend::Friend,
    group::{
        ActivateGroupRefusal, CheckLease, DiscardGroupRefusal, DiscardJoinRefusal, Due, Finding, Group, JoinRef,
        Joined, Membership, NotDue, PrepareGroup, PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin,
        Stale, Stuck,
    },
    id::{GroupId, SessionKey, TransferId, UserId},
    im_cloud::{CloudApp, CloudRefusal, Token},
    ledger::{
        AddCoinRefusal, Audit, Deposit, DepositRefusal, Holding, Moved, OpenAccount, OpenAccountRefusal, Opened,
        Withdraw, WithdrawRefusal,
    },
    message::Message,
    money::Coin,
    profile::Profile,
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Packet, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve,
        ReserveRefusal, Reserved, SettleClaim, SettleRefusal, Viewed,
    },
    store::{Action, Outcome, RequestStep},
    user::UserStatus,
};
use hongbao_ports::{
    CloudMessages, Commands, Failure, Fault, Groups, ImCloud, Ledger, Notice, Profiles, Turn,
    query::{
        CachedProfile, ContactQueries, Except, GroupQueries, LedgerQueries, ListedSession, ListedUser, Overdue, Page,
        ProfileQueries, SessionQueries, UserQueries,
    },
};

use super::plan::{Faults, Step};
use crate::Ports;

/// A port behind faults.
pub struct Faulty<P: ?Sized> {
    port: Arc<P>,
    faults: Faults,
}

impl Faults {
    /// Puts a port behind these faults.
    pub fn around<P: ?Sized>(&self, port: Arc<P>) -> Arc<Faulty<P>> {
        Arc::new(Faulty { port, faults: self.clone() })
    }

    /// Puts what a use case needs of a store behind these faults.
    pub fn around_all(&self, ports: &Ports) -> Ports {
        Ports {
            ledger: self.around(ports.ledger.clone()),
            commands: self.around(ports.commands.clone()),
            groups: self.around(ports.groups.clone()),
            profiles: self.around(ports.profiles.clone()),
            queries: self.around(ports.queries.clone()),
            ..ports.clone()
        }
    }
}

/// Names each function and calls it with what is to happen before and after it.
macro_rules! faulty {
    ($($port:ident { $($step:ident = $call:ident($($argument:ident: $of:ty),*) -> $answer:ty;)* })*) => {
        impl Step {
            $($(
                #[doc = concat!("`", stringify!($port), "::", stringify!($call), "`")]
                pub const $step: Self = Self(stringify!($step));
            )*)*
        }

        $(#[async_trait]
        impl<P: $port + ?Sized> $port for Faulty<P> {
            $(async fn $call(&self, $($argument: $of),*) -> $answer {
                self.faults.play(Step::$step, self.port.$call($($argument),*)).await
            })*
        })*
    };
}

faulty! {
    Ledger {
        ADD_COIN = add_coin(coin: Coin) -> Result<(), Failure<AddCoinRefusal>>;
        OPEN_ACCOUNT = open_account(open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>>;
        DEPOSIT = deposit(deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>>;
        WITHDRAW = withdraw(withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>>;
        RESERVE = reserve(reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>>;
        CONFIRM = confirm(confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>>;
        CANCEL = cancel(cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>>;
        BEGIN_CLAIM = begin_claim(begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>>;
        SETTLE_CLAIM = settle_claim(settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>>;
        RELEASE_CLAIM = release_claim(release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>>;
        EXPIRE = expire(expire: Expire) -> Result<Expired, Failure<ExpireRefusal>>;
    }

    LedgerQueries {
        COINS = coins() -> Result<Vec<Coin>, Fault>;
        HOLDINGS = holdings(user: UserId) -> Result<Vec<Holding>, Fault>;
        PACKET = packet(id: TransferId) -> Result<Option<Packet>, Fault>;
        VIEW = view(id: TransferId) -> Result<Option<Viewed>, Fault>;
        OVERDUE = overdue(limit: u32, except: &Except) -> Result<Overdue, Fault>;
        AUDIT = audit() -> Result<Audit, Fault>;
        PACKETS_OF = packets_of(user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault>;
    }

    Groups {
        PREPARE_GROUP = prepare_group(prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>>;
        ACTIVATE_GROUP = activate_group(id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>>;
        DISCARD_GROUP = discard_group(id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>>;
        PREPARE_JOIN = prepare_join(prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>>;
        RESUME_JOIN = resume_join(undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>>;
        ACTIVATE_JOIN = activate_join(join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>>;
        DISCARD_JOIN = discard_join(join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>>;
        UNDO_LAPSED = undo_lapsed(lapsed: Vec<Due>) -> Result<u64, Fault>;
        CLAIM_CHECK = claim_check(due: Due, lease: Duration) -> Result<CheckLease, Failure<NotDue>>;
        END_CHECK = end_check(due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>>;
    }

    GroupQueries {
        DUE = due(limit: u32) -> Result<Vec<Due>, Fault>;
        LAPSED = lapsed(limit: u32) -> Result<Vec<Due>, Fault>;
        STUCK = stuck(limit: u32) -> Result<Vec<Stuck>, Fault>;
        GROUP = group(id: GroupId) -> Result<Option<Group>, Fault>;
        MEMBERSHIPS = memberships(id: GroupId) -> Result<Vec<Membership>, Fault>;
    }

    Commands {
        RUN = run(action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault>;
    }

    ContactQueries {
        FRIENDS = friends(user: UserId, limit: u32) -> Result<Vec<Friend>, Fault>;
        BLOCKED_BY = blocked_by(user: UserId) -> Result<Vec<UserId>, Fault>;
    }

    Profiles {
        INTRODUCE = introduce(profile: &Profile) -> Result<(), Fault>;
        INVALIDATE = invalidate(app: &CloudApp, user: UserId) -> Result<u64, Fault>;
        CONFIRM_PROFILE = confirm(app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault>;
        KEEP_TOKEN = keep_token(app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault>;
    }

    ProfileQueries {
        CACHED = cached(app: &CloudApp, user: UserId) -> Result<Option<CachedProfile>, Fault>;
        TOKEN = token(app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault>;
    }

    SessionQueries {
        USER_OF = user_of(key: &SessionKey) -> Result<Option<UserId>, Fault>;
        SESSIONS_OF = sessions_of(user: UserId) -> Result<Vec<ListedSession>, Fault>;
    }

    UserQueries {
        STATUS = status(user: UserId) -> Result<Option<UserStatus>, Fault>;
        USERS = users(prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault>;
    }

    ImCloud {
        TURN = turn(within: Duration) -> Result<Turn, CloudRefusal>;
        NOTIFY = notify(turn: Turn, notice: &Notice) -> Result<(), CloudRefusal>;
    }

    CloudMessages {
        SEND = send(message: &Message, within: Duration) -> Result<Option<String>, CloudRefusal>;
    }
}
