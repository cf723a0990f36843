//! Who exists, and what each may do.

use std::{fmt, process::ExitCode};

use clap::{Args, Subcommand};
use hongbao_api::admin::{
    Cursor, Text,
    contact::{BlockUser, OneBlock, UnblockUser},
    user::{
        DisableUser, EnableUser, ListUsers, ListUsersRequest, ListedUserData, OneUser, PutUser, PutUserRequest,
        ShowUser, UserData, UsersData,
    },
};
use hongbao_domain::{
    id::UserId,
    user::{ChangeUserRefusal, UserChange, UserStatus},
};
use hongbao_ports::{Failure, Fault, Users, query::Page};
use serde::Serialize;

use super::{
    argument::{Limit, Switch},
    context::{Access, AdminContext, CommandError, no_such_user, status_of},
    remote::Remote,
};
use crate::{error::CliError, store::Store};

/// Who exists, and what each may do.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a user who takes part and takes friend requests; one who is there stays as before.
    Add {
        /// The user's id: 1 to 25 letters, digits, `-` and `_`; with `im.plain_ids` letters and digits only.
        user: UserId,
    },
    /// Keep a user out: all sessions end at once and for good. The money stays.
    Disable {
        /// The user's id.
        user: UserId,
    },
    /// Let a user take part again, with a new session.
    Enable {
        /// The user's id.
        user: UserId,
    },
    /// Change what others may do to a user.
    Set {
        /// The user's id.
        user: UserId,
        #[command(flatten)]
        wishes: Wishes,
    },
    /// Show how a user stands: sessions, friends, and whom the user blocks.
    Show {
        /// The user's id.
        user: UserId,
    },
    /// List users in the order of their ids, a page at a time.
    List(ListOptions),
}

#[derive(Debug, Args)]
pub(super) struct ListOptions {
    /// Only users whose id begins with this.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    prefix: String,
    /// Begin behind this user: the last one of the page before.
    #[arg(long, value_name = "USER")]
    after: Option<UserId>,
    #[command(flatten)]
    limit: Limit,
}

/// What is to change, at least one.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Wishes {
    /// Whether others may add the user as a friend.
    #[arg(long, value_name = "on|off")]
    friend_requests: Option<Switch>,
    /// Keep another user from adding this one. Ends no friendship.
    #[arg(long, value_name = "OTHER")]
    block: Option<UserId>,
    /// Lift the block that is on another user.
    #[arg(long, value_name = "OTHER")]
    unblock: Option<UserId>,
}

#[derive(Serialize)]
struct Added {
    user_id: String,
    added: bool,
}

#[derive(Serialize)]
struct Shown {
    user_id: String,
    is_active: bool,
    takes_friend_requests: bool,
    sessions: usize,
    friends: usize,
    /// Whom the user keeps from adding.
    blocks: Vec<String>,
}

/// A user as a server shows one.
#[derive(Serialize)]
#[serde(transparent)]
struct Known(UserData);

#[derive(Serialize)]
#[serde(transparent)]
struct List(UsersData);

pub(super) async fn run(context: &AdminContext<'_>, command: UserCommand) -> Result<ExitCode, CommandError> {
    if let Some(remote) = &context.remote {
        return ask(context, remote, command).await;
    }
    match command {
        UserCommand::Add { user } => add(context, user).await,
        UserCommand::Disable { user } => set_active(context, user, false).await,
        UserCommand::Enable { user } => set_active(context, user, true).await,
        UserCommand::Set { user, wishes } => set(context, user, &wishes).await,
        UserCommand::Show { user } => {
            let shown = context.with_store(Access::Read, async |store| show(store.as_ref(), user).await).await?;
            context.show(&shown)
        }
        UserCommand::List(options) => list(context, options).await,
    }
}

/// The same by a server. What it shows is the user alone.
async fn ask(context: &AdminContext<'_>, remote: &Remote, command: UserCommand) -> Result<ExitCode, CommandError> {
    let one = |user| OneUser { user_id: Text(user) };
    let wish = |user, takes_friend_requests| PutUserRequest {
        user_id: Text(user),
        name: None,
        portrait_uri: None,
        takes_friend_requests,
    };
    let known = match command {
        UserCommand::Add { user } => remote.ask::<PutUser>(&wish(user, None)).await?,
        UserCommand::Disable { user } => remote.ask::<DisableUser>(&one(user)).await?,
        UserCommand::Enable { user } => remote.ask::<EnableUser>(&one(user)).await?,
        UserCommand::Show { user } => remote.ask::<ShowUser>(&one(user)).await?,
        UserCommand::Set { user, wishes: Wishes { friend_requests, block, unblock } } => {
            let block_of = |other| OneBlock { user_id: Text(user), blocked_id: Text(other) };
            if let Some(other) = block {
                remote.ask::<BlockUser>(&block_of(other)).await?;
            }
            if let Some(other) = unblock {
                remote.ask::<UnblockUser>(&block_of(other)).await?;
            }
            match friend_requests {
                Some(switch) => remote.ask::<PutUser>(&wish(user, Some(switch == Switch::On))).await?,
                None => remote.ask::<ShowUser>(&one(user)).await?,
            }
        }
        UserCommand::List(options) => return list(context, options).await,
    };
    context.show(&Known(known))
}

async fn list(context: &AdminContext<'_>, options: ListOptions) -> Result<ExitCode, CommandError> {
    let ListOptions { prefix, after, limit } = options;
    let request = ListUsersRequest { prefix, cursor: after.map(Text), limit: limit.into() };
    context.show(&List(context.ask::<ListUsers>(Access::Read, "cannot list the users", request).await?))
}

async fn add(context: &AdminContext<'_>, user: UserId) -> Result<ExitCode, CommandError> {
    if !context.settings.im.id_alphabet().allows(user) {
        let why = "im.plain_ids allows letters and digits only";
        return Err(CliError::new(format!("`{user}` cannot be the id of a user: {why}"))
            .with_code("user_id_malformed")
            .into());
    }
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    let added = context.with_batches(Access::Create, async |_, batches| {
        batches.add(user, status).await.map_err(|fault| CommandError::broke(format_args!("cannot add {user}"), &fault))
    });
    context.show(&Added { user_id: user.to_string(), added: added.await? })
}

async fn set_active(context: &AdminContext<'_>, user: UserId, is_active: bool) -> Result<ExitCode, CommandError> {
    let change = UserChange { is_active: Some(is_active), ..UserChange::default() };
    let shown = context.with_batches(Access::Change, async |store, batches| {
        apply(batches, user, change).await?;
        show(store, user).await
    });
    context.show(&shown.await?)
}

async fn set(context: &AdminContext<'_>, user: UserId, wishes: &Wishes) -> Result<ExitCode, CommandError> {
    let Wishes { friend_requests, block, unblock } = *wishes;
    if [block, unblock].contains(&Some(user)) {
        return Err(CommandError::refused("self_not_allowed", format!("{user} can block others, not oneself")));
    }
    let takes_friend_requests = friend_requests.map(|switch| switch == Switch::On);
    let change = UserChange { is_active: None, takes_friend_requests, block, unblock };
    let shown = context.with_batches(Access::Change, async |store, batches| {
        apply(batches, user, change).await?;
        show(store, user).await
    });
    context.show(&shown.await?)
}

async fn apply(users: &dyn Users, user: UserId, change: UserChange) -> Result<(), CommandError> {
    users.change(user, change).await.map(drop).map_err(|failure| match failure {
        Failure::Refused(ChangeUserRefusal::UserNotFound(nobody)) => no_such_user(nobody),
        Failure::Fault(fault) => CommandError::broke(format_args!("cannot change how {user} stands"), &fault),
    })
}

async fn show(store: &dyn Store, user: UserId) -> Result<Shown, CommandError> {
    let broken = |fault: Fault| CommandError::broke(format_args!("cannot read how {user} stands"), &fault);
    let UserStatus { is_active, takes_friend_requests } = status_of(store, user).await?;
    let sessions = store.sessions_of(user).await.map_err(broken)?.len();
    let friends = store.friends(user, Page::first(u32::MAX)).await.map_err(broken)?.len();
    let blocks = store.blocked_by(user).await.map_err(broken)?.iter().map(UserId::to_string).collect();
    Ok(Shown { user_id: user.to_string(), is_active, takes_friend_requests, sessions, friends, blocks })
}

/// Says how a user stands: `active, takes friend requests`.
const fn describe(is_active: bool, takes_friend_requests: bool) -> [&'static str; 2] {
    let status = if is_active { "active" } else { "disabled" };
    [status, if takes_friend_requests { "takes friend requests" } else { "takes no friend requests" }]
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(UsersData { users, next }) = self;
        if users.is_empty() {
            return f.write_str("no users\n");
        }
        for ListedUserData { user_id: Text(user), is_active, takes_friend_requests } in users {
            writeln!(f, "{user}: {}", describe(*is_active, *takes_friend_requests).join(", "))?;
        }
        match next {
            Some(Cursor(next)) => writeln!(f, "more: --after {next}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(UserData { user_id: Text(user), name, portrait_uri: _, is_active, takes_friend_requests }) = self;
        let status = describe(*is_active, *takes_friend_requests).join(", ");
        if name.is_empty() { writeln!(f, "{user}: {status}") } else { writeln!(f, "{user} ({name}): {status}") }
    }
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user_id, added } = self;
        let what = if *added { "is added" } else { "was there before; nothing is changed" };
        writeln!(f, "{user_id} {what}")
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user_id, is_active, takes_friend_requests, sessions, friends, blocks } = self;
        let [status, requests] = describe(*is_active, *takes_friend_requests);
        write!(f, "{user_id}: {status}, {requests}, sessions: {sessions}, friends: {friends}")?;
        if blocks.is_empty() { writeln!(f) } else { writeln!(f, ", blocks: {}", blocks.join(" ")) }
    }
}
