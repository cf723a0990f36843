//! What a user has.

use std::process::ExitCode;

use hongbao_domain::{ledger::Holding, money::print_minor};
use hongbao_ledger::Store;
use serde::Serialize;

use crate::{print::print, trouble::Trouble};

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

pub(super) async fn run(store: &dyn Store, user: &str, json: bool) -> Result<ExitCode, Trouble> {
    let id = user.parse().map_err(|error| Trouble::because(format_args!("`{user}` is not a user id"), &error))?;
    let holdings = store.holdings(id).await.map_err(|fault| Trouble::because("cannot read the balance", &fault))?;
    let lines: Vec<_> = holdings.iter().map(Line::from).collect();
    let text = if json {
        let json = serde_json::to_string(&lines).map_err(|error| Trouble::because("cannot print", &error))?;
        format!("{json}\n")
    } else if lines.is_empty() {
        format!("{user} has no account\n")
    } else {
        table(&lines)
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn table(lines: &[Line]) -> String {
    let row = |coin: &str, balance: &str, held: &str| format!("{coin:<25} {balance:>30} {held:>30}\n");
    let rows = lines.iter().map(|line| row(&line.coin_id, &line.balance, &line.held));
    [row("coin", "balance", "held in packets")].into_iter().chain(rows).collect()
}
