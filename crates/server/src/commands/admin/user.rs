//! Who exists, and what each may do.

use std::{fmt, process::ExitCode};

use clap::{Args, Subcommand};
use hongbao_api::admin::{
    Cursor, Text,
    contact::{BlockUser, BlocksData, OneBlock, UnblockUser, UserBlocks},
    user::{
        DisableUser, EnableUser, ListUsers, ListUsersRequest, ListedUserData, OneUser, PutUser, PutUserRequest,
        ShowUser, UserData, UsersData,
    },
};
use hongbao_app::admin::Admin;
use hongbao_domain::id::UserId;
use serde::Serialize;

use super::{
    argument::{Limit, Switch},
    context::{Access, AdminContext, CommandError},
};

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

/// What an endpoint says of one user.
#[derive(Serialize)]
#[serde(transparent)]
struct One(UserData);

/// The same, and whom the user keeps from adding.
#[derive(Serialize)]
struct WithBlocks {
    #[serde(flatten)]
    user: UserData,
    blocks: Vec<Text<UserId>>,
}

/// A page of users.
#[derive(Serialize)]
#[serde(transparent)]
struct List(UsersData);

const CANNOT_CHANGE: &str = "cannot change the user";

pub(super) async fn run(context: &AdminContext<'_>, command: UserCommand) -> Result<ExitCode, CommandError> {
    match command {
        UserCommand::Add { user } => {
            if context.remote.is_none() {
                // Before a store is made for it.
                Admin::check_user_id(context.settings.im.id_alphabet(), user)
                    .map_err(|refusal| CommandError::refused(refusal.code.as_str(), refusal.sentence))?;
            }
            let request = wish(user, None);
            context.show(&One(context.ask::<PutUser>(Access::Create, "cannot add the user", request).await?))
        }
        UserCommand::Disable { user } => {
            context.show(&One(context.ask::<DisableUser>(Access::Change, CANNOT_CHANGE, one(user)).await?))
        }
        UserCommand::Enable { user } => {
            context.show(&One(context.ask::<EnableUser>(Access::Change, CANNOT_CHANGE, one(user)).await?))
        }
        UserCommand::Set { user, wishes } => set(context, user, &wishes).await,
        UserCommand::Show { user } => show(context, user).await,
        UserCommand::List(ListOptions { prefix, after, limit }) => {
            let request = ListUsersRequest { prefix, cursor: after.map(Text), limit: limit.into() };
            context.show(&List(context.ask::<ListUsers>(Access::Read, "cannot list the users", request).await?))
        }
    }
}

/// Does what may be refused first.
async fn set(context: &AdminContext<'_>, user: UserId, wishes: &Wishes) -> Result<ExitCode, CommandError> {
    let Wishes { friend_requests, block, unblock } = *wishes;
    let block_of = |other| OneBlock { user_id: Text(user), blocked_id: Text(other) };
    if let Some(other) = block {
        context.ask::<BlockUser>(Access::Change, CANNOT_CHANGE, block_of(other)).await?;
    }
    if let Some(other) = unblock {
        context.ask::<UnblockUser>(Access::Change, CANNOT_CHANGE, block_of(other)).await?;
    }
    if let Some(switch) = friend_requests {
        // Setting adds no user.
        context.ask::<ShowUser>(Access::Read, CANNOT_READ, one(user)).await?;
        context.ask::<PutUser>(Access::Change, CANNOT_CHANGE, wish(user, Some(switch == Switch::On))).await?;
    }
    show(context, user).await
}

const CANNOT_READ: &str = "cannot read the user";

async fn show(context: &AdminContext<'_>, user: UserId) -> Result<ExitCode, CommandError> {
    let shown = context.ask::<ShowUser>(Access::Read, CANNOT_READ, one(user)).await?;
    let BlocksData { blocks } = context.ask::<UserBlocks>(Access::Read, CANNOT_READ, one(user)).await?;
    context.show(&WithBlocks { user: shown, blocks })
}

const fn one(user: UserId) -> OneUser {
    OneUser { user_id: Text(user) }
}

const fn wish(user: UserId, takes_friend_requests: Option<bool>) -> PutUserRequest {
    PutUserRequest { user_id: Text(user), name: None, portrait_uri: None, takes_friend_requests }
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

/// Says who a user is and how the user stands, without the end of the line.
fn write_user(f: &mut fmt::Formatter<'_>, user: &UserData) -> fmt::Result {
    let UserData { user_id: Text(id), name, is_active, takes_friend_requests, session_count, friend_count, .. } = user;
    let [status, requests] = describe(*is_active, *takes_friend_requests);
    write!(f, "{id}")?;
    if !name.is_empty() {
        write!(f, " ({name})")?;
    }
    write!(f, ": {status}, {requests}, sessions: {session_count}, friends: {friend_count}")
}

impl fmt::Display for One {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Text(id) = self.0.user_id;
        match self.0.added {
            Some(true) => writeln!(f, "{id} is added"),
            Some(false) => writeln!(f, "{id} was there before; nothing is changed"),
            None => {
                write_user(f, &self.0)?;
                writeln!(f)
            }
        }
    }
}

impl fmt::Display for WithBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_user(f, &self.user)?;
        if !self.blocks.is_empty() {
            let blocks: Vec<_> = self.blocks.iter().map(|Text(blocked)| blocked.as_str()).collect();
            write!(f, ", blocks: {}", blocks.join(" "))?;
        }
        writeln!(f)
    }
}
