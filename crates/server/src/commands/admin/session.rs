//! Who is logged in.

use std::{
    fmt,
    io::{Read, stdin},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Subcommand};
use hongbao_api::rfc3339;
use hongbao_domain::{
    id::{SessionKey, UserId},
    session::RegisterRefusal,
};
use hongbao_ports::{Clock, Failure, Sessions, query::ListedSession};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError, no_such_user, status_of};
use crate::{
    error::CliError,
    settings::HumanDuration,
    system::{SystemClock, session_key},
};

/// Who is logged in.
#[derive(Debug, Subcommand)]
pub(super) enum SessionCommand {
    /// Log a user in with a fresh key, which is printed once and never again, or with the app's own key.
    Issue {
        /// The user's id.
        user: UserId,
        /// For how long, as in `12h` or `30d`; at most 10 years.
        #[arg(long, default_value = "30d", value_name = "SPAN", value_parser = life)]
        expires_in: Duration,
        /// Read the key from standard input: 1 to 55 visible ASCII characters that nobody can guess.
        #[arg(long)]
        key_stdin: bool,
    },
    /// End one session or all of a user.
    Revoke(Which),
    /// List a user's sessions, newest first; never their keys.
    List {
        /// The user's id.
        user: UserId,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Which {
    /// The session whose key is on standard input.
    #[arg(long)]
    key_stdin: bool,
    /// All sessions of a user.
    #[arg(long, value_name = "USER")]
    all_of: Option<UserId>,
}

#[derive(Serialize)]
struct Issued {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_key: Option<String>,
    expires_at: String,
}

#[derive(Serialize)]
struct Revoked {
    revoked: u64,
}

#[derive(Serialize)]
struct Line {
    created_at: String,
    expires_at: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

pub(super) async fn run(context: &AdminContext<'_>, command: SessionCommand) -> Result<ExitCode, CommandError> {
    match command {
        SessionCommand::Issue { user, expires_in, key_stdin } => {
            let key = if key_stdin { read_key()? } else { session_key() };
            let issued = issue(context, user, &key, expires_in).await?;
            context.show(&Issued { session_key: (!key_stdin).then(|| key.as_str().to_owned()), ..issued })
        }
        SessionCommand::Revoke(Which { all_of: Some(user), .. }) => revoke_all(context, user).await,
        SessionCommand::Revoke(Which { all_of: None, .. }) => revoke(context, &read_key()?).await,
        SessionCommand::List { user } => list(context, user).await,
    }
}

async fn issue(
    context: &AdminContext<'_>,
    user: UserId,
    key: &SessionKey,
    life: Duration,
) -> Result<Issued, CommandError> {
    let expires_at = SystemClock.now().after(life);
    let registered = context.with_batches(Access::Change, async |_, batches| {
        batches.register(key, user, expires_at).await.map_err(|failure| match failure {
            Failure::Refused(RegisterRefusal::UserNotFound) => no_such_user(user),
            Failure::Refused(RegisterRefusal::UserDisabled) => {
                CommandError::refused("user_disabled", format!("{user} is disabled and cannot have a session"))
            }
            Failure::Refused(RegisterRefusal::KeyTaken) => CommandError::refused(
                "session_key_taken",
                "the key is a session of another user; end that one first, or use another key",
            ),
            Failure::Fault(fault) => CommandError::broke("cannot register the session", &fault),
        })
    });
    registered.await?;
    Ok(Issued { user_id: user.to_string(), session_key: None, expires_at: rfc3339(expires_at) })
}

async fn revoke(context: &AdminContext<'_>, key: &SessionKey) -> Result<ExitCode, CommandError> {
    let revoked = context.with_batches(Access::Change, async |_, batches| {
        batches.revoke(key).await.map_err(|fault| CommandError::broke("cannot end the session", &fault))
    });
    context.show(&Revoked { revoked: revoked.await?.into() })
}

async fn revoke_all(context: &AdminContext<'_>, user: UserId) -> Result<ExitCode, CommandError> {
    let revoked = context.with_batches(Access::Change, async |store, batches| {
        status_of(store, user).await?;
        batches.revoke_all(user).await.map_err(|fault| CommandError::broke("cannot end the sessions", &fault))
    });
    context.show(&Revoked { revoked: revoked.await? })
}

async fn list(context: &AdminContext<'_>, user: UserId) -> Result<ExitCode, CommandError> {
    let sessions = context.with_store(Access::Read, async |store| {
        status_of(store.as_ref(), user).await?;
        store.sessions_of(user).await.map_err(|fault| CommandError::broke("cannot read the sessions", &fault))
    });
    context.show(&List(sessions.await?.iter().map(Line::from).collect()))
}

/// Reads a key from standard input: every user of the machine could see an argument.
fn read_key() -> Result<SessionKey, CliError> {
    // More than any key with its line end has.
    let mut text = String::new();
    stdin()
        .take(1024)
        .read_to_string(&mut text)
        .map_err(|error| CliError::because("cannot read the key on standard input", &error))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let key = line.strip_suffix('\r').unwrap_or(line);
    key.parse().map_err(|error| {
        CliError::because("what is on standard input is not a session key", &error).with_code("session_key_malformed")
    })
}

/// Reads how long a session lives.
fn life(text: &str) -> Result<Duration, String> {
    let HumanDuration(life) = text.parse()?;
    if life.is_zero() { Err("a session must live for some time".to_owned()) } else { Ok(life) }
}

impl From<&ListedSession> for Line {
    fn from(session: &ListedSession) -> Self {
        Self { created_at: rfc3339(session.created_at), expires_at: rfc3339(session.expires_at) }
    }
}

impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user_id, session_key, expires_at } = self;
        writeln!(f, "{user_id} has a session until {expires_at}")?;
        match session_key {
            Some(key) => writeln!(f, "its key, printed this once: {key}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revoked {
            0 => f.write_str("there was no such session\n"),
            count => writeln!(f, "sessions ended: {count}"),
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no sessions\n");
        }
        writeln!(f, "{:<24} {:<24}", "created", "expires")?;
        self.0.iter().try_for_each(|Line { created_at, expires_at }| writeln!(f, "{created_at:<24} {expires_at:<24}"))
    }
}
