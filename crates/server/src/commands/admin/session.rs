//! Who is logged in.

use std::{
    fmt,
    io::{Read, stdin},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Subcommand};
use hongbao_api::{
    admin::{
        Span, Text,
        session::{
            IssueSession, IssueSessionRequest, IssuedData, ListSessions, RevokeSessionByKey, RevokeSessionByKeyRequest,
            RevokeSessions, RevokedByKeyData, RevokedData, SessionData,
        },
        user::OneUser,
    },
    rfc3339,
};
use hongbao_domain::id::{SessionKey, UserId};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError};
use crate::{error::CliError, settings::HumanDuration};

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
#[serde(transparent)]
struct Issued(IssuedData);

#[derive(Serialize)]
#[serde(transparent)]
struct Revoked(RevokedData);

#[derive(Serialize)]
#[serde(transparent)]
struct RevokedByKey(RevokedByKeyData);

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<SessionData>);

pub(super) async fn run(context: &AdminContext<'_>, command: SessionCommand) -> Result<ExitCode, CommandError> {
    match command {
        SessionCommand::Issue { user, expires_in, key_stdin } => {
            let session_key = if key_stdin { Some(Text(read_key()?)) } else { None };
            let (user_id, expires_in_s) = (Text(user), Some(Span(expires_in)));
            let request = IssueSessionRequest { user_id, expires_in_s, session_key };
            let issued = context.ask::<IssueSession>(Access::Change, "cannot register the session", request).await?;
            context.show(&Issued(issued))
        }
        SessionCommand::Revoke(Which { all_of: Some(user), .. }) => {
            let request = OneUser { user_id: Text(user) };
            let revoked = context.ask::<RevokeSessions>(Access::Change, "cannot end the sessions", request).await?;
            context.show(&Revoked(revoked))
        }
        SessionCommand::Revoke(Which { all_of: None, .. }) => {
            let request = RevokeSessionByKeyRequest { session_key: Text(read_key()?) };
            let revoked = context.ask::<RevokeSessionByKey>(Access::Change, "cannot end the session", request).await?;
            context.show(&RevokedByKey(revoked))
        }
        SessionCommand::List { user } => {
            let request = OneUser { user_id: Text(user) };
            let found = context.ask::<ListSessions>(Access::Read, "cannot read the sessions", request).await?;
            context.show(&List(found.sessions))
        }
    }
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

impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(IssuedData { user_id: Text(user), session_id: _, session_key, expires_at }) = self;
        writeln!(f, "{user} has a session until {}", rfc3339(expires_at.0))?;
        match session_key {
            Some(key) => writeln!(f, "its key, printed this once: {key}"),
            None => Ok(()),
        }
    }
}

fn write_revoked(f: &mut fmt::Formatter<'_>, revoked: u64) -> fmt::Result {
    match revoked {
        0 => f.write_str("there was no such session\n"),
        count => writeln!(f, "sessions ended: {count}"),
    }
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_revoked(f, self.0.revoked)
    }
}

impl fmt::Display for RevokedByKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_revoked(f, self.0.revoked)
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no sessions\n");
        }
        writeln!(f, "{:<24} {:<24}", "created", "expires")?;
        self.0.iter().try_for_each(|SessionData { session_id: _, created_at, expires_at }| {
            writeln!(f, "{:<24} {:<24}", rfc3339(created_at.0), rfc3339(expires_at.0))
        })
    }
}
