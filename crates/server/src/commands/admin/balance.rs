//! What a user has.

use std::{fmt, process::ExitCode};

use hongbao_api::admin::{
    Text,
    user::{BalanceData, OneUser, UserBalances},
};
use hongbao_domain::id::UserId;
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError};

/// Whose balance is shown.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The user's id.
    user: UserId,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Report {
    #[serde(skip)]
    user: UserId,
    lines: Vec<BalanceData>,
}

pub(super) async fn run(context: &AdminContext<'_>, args: Args) -> Result<ExitCode, CommandError> {
    let Args { user } = args;
    let request = OneUser { user_id: Text(user) };
    let found = context.ask::<UserBalances>(Access::Read, "cannot read the balance", request).await?;
    context.show(&Report { user, lines: found.balances })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return writeln!(f, "{} has no account", self.user);
        }
        let mut row = |coin: &str, balance: &str, held: &str| writeln!(f, "{coin:<25} {balance:>30} {held:>30}");
        row("coin", "balance", "held in packets")?;
        self.lines.iter().try_for_each(|line| row(line.coin_id.0.as_str(), &line.balance, &line.held))
    }
}
