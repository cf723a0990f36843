//! Tokens that administrators show over HTTP.

use std::{fmt, process::ExitCode};

use clap::Subcommand;
use hongbao_api::{
    admin::{
        Moment, Span, Text,
        coin::All,
        token::{CreateToken, CreateTokenRequest, ListTokens, OneToken, RevokeToken, TokenData},
    },
    rfc3339,
};
use hongbao_domain::{
    admin::{AdminTokenName, Scope},
    id::AdminTokenId,
};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError};
use crate::settings::HumanDuration;

/// Tokens that administrators show over HTTP.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token, which is printed once and never again.
    Create {
        /// What people call it: 1 to 64 characters.
        #[arg(long)]
        name: AdminTokenName,
        /// What it is good for: `read`, `people`, `money`, `operator`, or several with a comma between. Each lets read.
        #[arg(long, value_delimiter = ',', required = true, value_name = "SCOPE")]
        scope: Vec<Scope>,
        /// For how long, as in `90d`; without it until it is revoked.
        #[arg(long, value_name = "SPAN")]
        expires_in: Option<HumanDuration>,
    },
    /// List all tokens, the oldest first; never the tokens themselves.
    List,
    /// Make a token good for nothing, at once and for ever.
    Revoke {
        /// The token's id.
        token: AdminTokenId,
    },
}

#[derive(Serialize)]
#[serde(transparent)]
struct Line(TokenData);

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

pub(super) async fn run(context: &AdminContext<'_>, command: TokenCommand) -> Result<ExitCode, CommandError> {
    match command {
        TokenCommand::Create { name, scope, expires_in } => {
            let lasts_s = expires_in.map(|HumanDuration(life)| Span(life));
            let scopes = scope.into_iter().map(Text).collect();
            let request = CreateTokenRequest { name: Text(name), scopes, lasts_s };
            context.show(&Line(context.ask::<CreateToken>(Access::Create, "cannot add the token", request).await?))
        }
        TokenCommand::List => {
            let found = context.ask::<ListTokens>(Access::Read, "cannot list the tokens", All {}).await?;
            context.show(&List(found.tokens.into_iter().map(Line).collect()))
        }
        TokenCommand::Revoke { token } => {
            let request = OneToken { token_id: Text(token) };
            context.show(&Line(context.ask::<RevokeToken>(Access::Change, "cannot revoke the token", request).await?))
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TokenData { token_id: Text(id), name, scopes, expires_at, revoked_at, last_used_at, token, .. } = &self.0;
        let scopes: Vec<_> = scopes.iter().map(|Text(scope)| scope.as_str()).collect();
        write!(f, "{id} {name}: {}", scopes.join(", "))?;
        match (revoked_at, expires_at) {
            (Some(Moment(at)), _) => write!(f, ", revoked {}", rfc3339(*at))?,
            (None, Some(Moment(at))) => write!(f, ", until {}", rfc3339(*at))?,
            (None, None) => {}
        }
        let used = last_used_at.map_or_else(|| "never".to_owned(), |Moment(at)| rfc3339(at));
        writeln!(f, ", last used {used}")?;
        match token {
            Some(token) => writeln!(f, "the token, printed this once: {token}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no tokens\n");
        }
        self.0.iter().try_for_each(|line| line.fmt(f))
    }
}
