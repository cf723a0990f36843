//! What a user has.

use std::{fmt, process::ExitCode};

use hongbao_domain::{id::UserId, ledger::Holding, money::print_minor};
use serde::Serialize;

use super::context::{Access, AdminContext, CommandError, status_of};

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
    user: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    coin_id: String,
    balance: String,
    held: String,
}

impl From<&Holding> for Line {
    fn from(holding: &Holding) -> Self {
        let held = print_minor(holding.held.minor(), holding.balance.scale);
        Self { coin_id: holding.balance.coin.to_string(), balance: holding.balance.to_string(), held }
    }
}

pub(super) async fn run(context: &AdminContext<'_>, args: Args) -> Result<ExitCode, CommandError> {
    let Args { user } = args;
    let holdings = context.with_store(Access::Read, async |store| {
        status_of(store.as_ref(), user).await?;
        store.holdings(user).await.map_err(|fault| CommandError::broke("cannot read the balance", &fault))
    });
    let lines = holdings.await?.iter().map(Line::from).collect();
    context.show(&Report { user: user.to_string(), lines })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return writeln!(f, "{} has no account", self.user);
        }
        let mut row = |coin: &str, balance: &str, held: &str| writeln!(f, "{coin:<25} {balance:>30} {held:>30}");
        row("coin", "balance", "held in packets")?;
        self.lines.iter().try_for_each(|line| row(&line.coin_id, &line.balance, &line.held))
    }
}
