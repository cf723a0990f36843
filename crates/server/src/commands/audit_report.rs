//! What an audit of a store has found.

use std::fmt;

use hongbao_domain::{
    ledger::{Audit, Finding, Totals},
    money::print_minor,
};
use serde::Serialize;

/// The proof that the money holds, for people and for programs.
#[derive(Serialize)]
pub(crate) struct AuditReport {
    /// Whether it does.
    pub(crate) holds: bool,
    coins: Vec<Line>,
    holders: u64,
    postings: u64,
    findings: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    coin_id: String,
    holds: bool,
    balances: String,
    held: String,
    deposits: String,
    withdrawals: String,
}

impl From<&Audit> for AuditReport {
    fn from(audit: &Audit) -> Self {
        let coin = |(id, totals): (&hongbao_domain::id::CoinId, &Totals)| {
            let print = |minor| print_minor(minor, totals.scale);
            Line {
                coin_id: id.to_string(),
                holds: totals.hold(),
                balances: print(totals.balances),
                held: print(totals.held),
                deposits: print(totals.deposits),
                withdrawals: print(totals.withdrawals),
            }
        };
        Self {
            holds: audit.holds(),
            coins: audit.totals.iter().map(coin).collect(),
            holders: audit.holders,
            postings: audit.postings,
            findings: audit.findings.iter().map(sentence).collect(),
        }
    }
}

fn sentence(finding: &Finding) -> String {
    match finding {
        Finding::CoinDoesNotHold(coin) => format!("{coin}: balances + held is not deposits - withdrawals"),
        Finding::BrokenChain { holder, seq } => format!("{holder}: posting {seq} does not follow from the one before"),
        Finding::BalanceDiffers(holder) => format!("{holder}: the balance is not the sum of its postings"),
        Finding::HeldDiffers(holder) => format!("{holder}: held is not what the user's packets hold"),
        Finding::HeldOfNobody(coin) => format!("{coin}: packets hold money of senders who have no account"),
        Finding::UnbalancedCommand { command, coin } => {
            format!("command {command}: its postings in {coin} do not sum to zero")
        }
        Finding::PacketContradicts(holder) => {
            format!("{holder}: state, shares, claims and money contradict each other")
        }
        Finding::MovementDiffers(holder) => format!("{holder}: it is not the one posting that it must have"),
        Finding::Orphans(count) => format!("{count} postings belong to holders that do not exist"),
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { coin_id, holds, balances, held, deposits, withdrawals } in &self.coins {
            let verdict = if *holds { "=" } else { "IS NOT" };
            writeln!(
                f,
                "{coin_id}: balances {balances} + held {held} {verdict} deposits {deposits} - withdrawals {withdrawals}"
            )?;
        }
        for finding in &self.findings {
            writeln!(f, "WRONG {finding}")?;
        }
        let verdict = if self.holds { "the money holds" } else { "THE MONEY DOES NOT HOLD" };
        writeln!(f, "{verdict}: {} holders, {} postings", self.holders, self.postings)
    }
}
