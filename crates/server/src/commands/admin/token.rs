//! Tokens that administrators show over HTTP.

use std::{collections::BTreeSet, fmt, process::ExitCode, time::Duration};

use clap::Subcommand;
use hongbao_api::rfc3339;
use hongbao_app::admin::Admin;
use hongbao_domain::{
    admin::{AddAdminToken, AdminToken, AdminTokenDigest, AdminTokenName, Scope},
    id::AdminTokenId,
    time::Timestamp,
};
use hongbao_ports::{Clock, Ids};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::context::{Access, AdminContext, CommandError};
use crate::{
    settings::HumanDuration,
    system::{SystemClock, SystemIds, admin_token},
};

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
struct Line {
    token_id: String,
    name: String,
    scopes: Vec<String>,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    last_used_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Line>);

pub(super) async fn run(context: &AdminContext<'_>, command: TokenCommand) -> Result<ExitCode, CommandError> {
    match command {
        TokenCommand::Create { name, scope, expires_in } => {
            create(context, name, scope.into_iter().collect(), expires_in.map(|HumanDuration(span)| span)).await
        }
        TokenCommand::List => {
            let tokens = context.with_store(Access::Read, async |store| {
                store.admin_tokens().await.map_err(|fault| CommandError::broke("cannot list the tokens", &fault))
            });
            context.show(&List(tokens.await?.iter().map(Line::from).collect()))
        }
        TokenCommand::Revoke { token } => {
            let revoked = context.with_admin(Access::Change, async |admin: Admin| {
                admin.revoke_token(token).await.map_err(|failure| CommandError::of("cannot revoke the token", failure))
            });
            context.show(&Line::from(&revoked.await?))
        }
    }
}

async fn create(
    context: &AdminContext<'_>,
    name: AdminTokenName,
    scopes: BTreeSet<Scope>,
    life: Option<Duration>,
) -> Result<ExitCode, CommandError> {
    let token = admin_token();
    let add = AddAdminToken {
        id: AdminTokenId::from_u128(SystemIds.fresh()),
        name,
        digest: AdminTokenDigest(Sha256::digest(&token).into()),
        scopes,
        expires_at: life.map(|life| SystemClock.now().after(life)),
    };
    let added = context.with_admin(Access::Create, async |admin: Admin| {
        admin.add_token(add).await.map_err(|fault| CommandError::broke("cannot add the token", &fault))
    });
    context.show(&Line { token: Some(token), ..Line::from(&added.await?) })
}

impl From<&AdminToken> for Line {
    fn from(token: &AdminToken) -> Self {
        let moment = |moment: Option<Timestamp>| moment.map(rfc3339);
        Self {
            token_id: token.id.to_string(),
            name: token.name.to_string(),
            scopes: token.scopes.iter().map(Scope::to_string).collect(),
            created_at: rfc3339(token.created_at),
            expires_at: moment(token.expires_at),
            revoked_at: moment(token.revoked_at),
            last_used_at: moment(token.last_used_at),
            token: None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token_id, name, scopes, expires_at, revoked_at, last_used_at, .. } = self;
        write!(f, "{token_id} {name}: {}", scopes.join(", "))?;
        match (revoked_at, expires_at) {
            (Some(at), _) => write!(f, ", revoked {at}")?,
            (None, Some(at)) => write!(f, ", until {at}")?,
            (None, None) => {}
        }
        writeln!(f, ", last used {}", last_used_at.as_deref().unwrap_or("never"))?;
        match &self.token {
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
