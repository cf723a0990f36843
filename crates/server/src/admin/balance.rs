//! What a user has.

use std::process::ExitCode;

use hongbao_domain::{ledger::Holding, money::print_minor};
use hongbao_ledger::Store;
use serde::Serialize;

use crate::trouble::Trouble;

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

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub(super) async fn run(store: &dyn Store, user: &str, json: bool) -> Result<ExitCode, Trouble> {
    let id = user.parse().map_err(|error| Trouble::because(format_args!("`{user}` is not a user id"), &error))?;
    let holdings = store.holdings(id).await.map_err(|fault| Trouble::because("cannot read the balance", &fault))?;
    let lines: Vec<_> = holdings.iter().map(Line::from).collect();
    if json {
        let text = serde_json::to_string(&lines).map_err(|error| Trouble::because("cannot print", &error))?;
        println!("{text}");
    } else if lines.is_empty() {
        println!("{user} has no account");
    } else {
        println!("{:<25} {:>30} {:>30}", "coin", "balance", "held in packets");
        for line in lines {
            println!("{:<25} {:>30} {:>30}", line.coin_id, line.balance, line.held);
        }
    }
    Ok(ExitCode::SUCCESS)
}
