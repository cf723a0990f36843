//! The ports, with faults around each function.

use std::{collections::BTreeSet, ops::Range, sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    admin::{AdminToken, AdminTokenDigest, Operation},
    friend::Friend,
    group::{Due, Group, GroupName, Membership, Stuck},
    id::{EndpointId, EventId, GroupId, OperationId, SessionKey, TransferId, UserId},
    im_cloud::{CloudApp, CloudRefusal, Token},
    ledger::{AccountKey, Audit, Holding, Posting},
    message::Message,
    money::Coin,
    outbox::{Delivery, Target},
    profile::{Profile, ProfileChange},
    red_packet::{Packet, Viewed},
    store::{Action, Outcome, Request, RequestName, RequestStep},
    time::Timestamp,
    user::{UserOverview, UserStatus},
    webhook::Endpoint,
};
use hongbao_ports::{
    CloudGroups, CloudMessages, CloudUser, CloudUsers, Commands, Fault, ImCloud, Lane, Notice, Refreshed, Turn,
    query::{
        AdminQueries, Backlog, CachedProfile, ContactQueries, Except, GroupQueries, InProgress, LedgerQueries, Listed,
        ListedSession, ListedUser, OutboxQueries, Overdue, Page, ProfileQueries, ProgressQueries, RequestQueries,
        SessionQueries, UserQueries,
    },
};

use super::plan::{Faults, Step};
use crate::Ports;

/// A port behind faults.
pub struct Faulty<P: ?Sized> {
    port: Arc<P>,
    faults: Faults,
}

/// All ports that change something, behind faults: each command is a step by the name of its action.
struct FaultyCommands {
    commands: Arc<dyn Commands>,
    faults: Faults,
}

#[async_trait]
impl Commands for FaultyCommands {
    async fn run(&self, action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault> {
        self.faults.play(Step(action.name()), self.commands.run(action, step)).await
    }
}

impl Step {
    /// The command of this name, as it stands in the table of actions.
    pub const fn command(action: &'static str) -> Self {
        Self(action)
    }
}

macro_rules! commands {
    ($($step:ident: $action:ident),* $(,)?) => {
        impl Step {
            $(
                #[doc = concat!("The command `", stringify!($action), "`.")]
                pub const $step: Self = Self(stringify!($action));
            )*
        }
    };
}

commands! {
    RESERVE: Reserve, CONFIRM: Confirm, CANCEL: Cancel, BEGIN_CLAIM: BeginClaim, SETTLE_CLAIM: SettleClaim,
    RELEASE_CLAIM: ReleaseClaim, PREPARE_GROUP: PrepareGroup, ACTIVATE_GROUP: ActivateGroup,
    DISCARD_GROUP: DiscardGroup, PREPARE_JOIN: PrepareJoin, RESUME_JOIN: ResumeJoin, ACTIVATE_JOIN: ActivateJoin,
    DISCARD_JOIN: DiscardJoin, CLAIM_CHECK: ClaimCheck, END_CHECK: EndCheck, ADD_FRIEND: AddFriend,
 BEGIN_CALL: BeginCall, END_CALL: EndCall, RECORD_ANSWER: RecordAnswer,
    INVALIDATE_PROFILE: InvalidateProfile, KEEP_TOKEN: KeepToken, CONFIRM_PROFILE: ConfirmProfile,
}

impl Faults {
    /// Puts a port behind these faults.
    pub fn around<P: ?Sized>(&self, port: Arc<P>) -> Arc<Faulty<P>> {
        Arc::new(Faulty { port, faults: self.clone() })
    }

    /// Puts what a use case needs of a store behind these faults.
    pub fn around_all(&self, ports: &Ports) -> Ports {
        let commands = Arc::new(FaultyCommands { commands: ports.commands.clone(), faults: self.clone() });
        Ports {
            ledger: commands.clone(),
            groups: commands.clone(),
            profiles: commands.clone(),
            commands,
            queries: self.around(ports.queries.clone()),
            ..ports.clone()
        }
    }
}

/// Names each function and calls it with what is to happen before and after it. What only tells how the port is set up
/// is no step, and stands in brackets.
macro_rules! faulty {
    ($($port:ident { $([$plain:ident() -> $setting:ty])? $($step:ident = $call:ident($($argument:ident: $of:ty),*) -> $answer:ty;)* })*) => {
        impl Step {
            $($(
                #[doc = concat!("`", stringify!($port), "::", stringify!($call), "`")]
                pub const $step: Self = Self(stringify!($step));
            )*)*
        }

        $(#[async_trait]
        impl<P: $port + ?Sized> $port for Faulty<P> {
            $(fn $plain(&self) -> $setting {
                self.port.$plain()
            })?
            $(async fn $call(&self, $($argument: $of),*) -> $answer {
                self.faults.play(Step::$step, self.port.$call($($argument),*)).await
            })*
        })*
    };
}

faulty! {
    LedgerQueries {
        COINS = coins() -> Result<Vec<Coin>, Fault>;
        HOLDINGS = holdings(user: UserId) -> Result<Vec<Holding>, Fault>;
        PACKET = packet(id: TransferId) -> Result<Option<Packet>, Fault>;
        PACKETS_WITH = packets_with(ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault>;
        VIEW = view(id: TransferId) -> Result<Option<Viewed>, Fault>;
        OVERDUE = overdue(limit: u32, except: &Except) -> Result<Overdue, Fault>;
        AUDIT = audit() -> Result<Audit, Fault>;
        PACKETS = packets(page: Page<TransferId>) -> Result<Vec<Viewed>, Fault>;
        POSTINGS_OF = postings_of(packet: TransferId) -> Result<Vec<Posting>, Fault>;
        PACKETS_OF = packets_of(user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault>;
        STATEMENT = statement(
            account: AccountKey, times: Range<Timestamp>, page: Page<u64>
        ) -> Result<Vec<Posting>, Fault>;
    }

    GroupQueries {
        DUE = due(limit: u32) -> Result<Vec<Due>, Fault>;
        LAPSED = lapsed(limit: u32) -> Result<Vec<Due>, Fault>;
        STUCK = stuck(limit: u32) -> Result<Vec<Stuck>, Fault>;
        GROUP = group(id: GroupId) -> Result<Option<Group>, Fault>;
        GROUPS_OF = groups_of(user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, Fault>;
        MEMBERSHIPS = memberships(id: GroupId) -> Result<Vec<Membership>, Fault>;
    }

    ContactQueries {
        FRIENDS = friends(user: UserId, page: Page<(Timestamp, UserId)>) -> Result<Vec<Friend>, Fault>;
        BLOCKED_BY = blocked_by(user: UserId) -> Result<Vec<UserId>, Fault>;
    }

    ProfileQueries {
        CACHED = cached(app: &CloudApp, user: UserId) -> Result<Option<CachedProfile>, Fault>;
        TOKEN = token(app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault>;
    }

    RequestQueries {
        IS_IN_USE = is_in_use(name: &RequestName) -> Result<bool, Fault>;
        ANSWERED = answered(after: Option<RequestName>, limit: u32) -> Result<Vec<Request>, Fault>;
        REQUESTS_ABOUT = requests_about(user: UserId, packet: TransferId) -> Result<Vec<Request>, Fault>;
    }

    OutboxQueries {
        DUE_DELIVERIES = due_deliveries(target: Target, overdue_by: Duration, limit: u32) -> Result<Vec<EventId>, Fault>;
        DELIVERIES = deliveries(listed: Listed, limit: u32) -> Result<Vec<Delivery>, Fault>;
        HAS_TAKEN = has_taken(endpoint: EndpointId, since: Timestamp) -> Result<Option<bool>, Fault>;
        BACKLOG = backlog() -> Result<Backlog, Fault>;
        ENDPOINTS = endpoints() -> Result<Vec<Endpoint>, Fault>;
    }

    ProgressQueries {
        IN_PROGRESS = in_progress() -> Result<InProgress, Fault>;
    }

    AdminQueries {
        ADMIN_TOKEN = admin_token(digest: &AdminTokenDigest) -> Result<Option<AdminToken>, Fault>;
        ADMIN_TOKENS = admin_tokens() -> Result<Vec<AdminToken>, Fault>;
        OPERATIONS = operations(page: Page<(Timestamp, OperationId)>) -> Result<Vec<Operation>, Fault>;
    }

    SessionQueries {
        USER_OF = user_of(key: &SessionKey) -> Result<Option<UserId>, Fault>;
        SESSIONS_OF = sessions_of(user: UserId) -> Result<Vec<ListedSession>, Fault>;
    }

    UserQueries {
        STATUS = status(user: UserId) -> Result<Option<UserStatus>, Fault>;
        OVERVIEW = overview(user: UserId) -> Result<Option<UserOverview>, Fault>;
        USERS = users(prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault>;
    }

    ImCloud {
        TURN = turn(lane: Lane, within: Duration) -> Result<Turn, CloudRefusal>;
        NOTIFY = notify(turn: Turn, notice: &Notice) -> Result<(), CloudRefusal>;
    }

    CloudGroups {
        GROUP_TURN = turn(lane: Lane, within: Duration) -> Result<Turn, CloudRefusal>;
        CLOUD_CREATE = create(turn: Turn, group: GroupId, name: &GroupName, owner: UserId) -> Result<(), CloudRefusal>;
        CLOUD_JOIN = join(turn: Turn, group: GroupId, name: &GroupName, user: UserId) -> Result<(), CloudRefusal>;
        CLOUD_QUIT = quit(turn: Turn, group: GroupId, user: UserId) -> Result<(), CloudRefusal>;
        CLOUD_DISMISS = dismiss(turn: Turn, group: GroupId, owner: UserId) -> Result<(), CloudRefusal>;
        CLOUD_MEMBERS = members(turn: Turn, group: GroupId) -> Result<Vec<String>, CloudRefusal>;
    }

    CloudUsers {
        [app() -> CloudApp]
        CLOUD_TOKEN = get_token(profile: &Profile, within: Duration) -> Result<Token, CloudRefusal>;
        CLOUD_REFRESH = refresh(user: UserId, change: &ProfileChange, within: Duration) -> Result<Refreshed, CloudRefusal>;
        CLOUD_INFO = info(user: UserId, within: Duration) -> Result<Option<CloudUser>, CloudRefusal>;
    }

    CloudMessages {
        SEND = send(message: &Message, within: Duration) -> Result<Option<String>, CloudRefusal>;
    }
}
