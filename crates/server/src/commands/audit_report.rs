//! What an audit of a store has found.

use std::fmt;

use hongbao_app::inspection::Hanging;
use hongbao_domain::{
    group::Due,
    ledger::{Audit, Finding, Totals},
    money::print_minor,
    store::RequestName,
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
    /// What should be resolved by now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overdue: Vec<String>,
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
            overdue: Vec::new(),
        }
    }
}

impl AuditReport {
    /// Adds answers that are remembered under a key and are not true.
    pub(crate) fn with_answers(mut self, wrong: &[RequestName]) -> Self {
        let sentence = |RequestName { user, method, key }: &RequestName| {
            format!("request {key} of {user} ({method}): what was answered is not what became of the packet")
        };
        self.findings.extend(wrong.iter().map(sentence));
        self.holds &= wrong.is_empty();
        self
    }

    /// Adds what should be resolved by now.
    pub(crate) fn with_hanging(mut self, hanging: &[Hanging]) -> Self {
        self.overdue = hanging.iter().map(overdue).collect();
        self
    }

    /// Whether anything should be resolved by now.
    pub(crate) const fn hangs(&self) -> bool {
        !self.overdue.is_empty()
    }
}

fn overdue(hanging: &Hanging) -> String {
    match hanging {
        Hanging::Sending(packet) => format!("packet {packet} is being sent, and its lease is over"),
        Hanging::Claiming(packet, user) => format!("packet {packet}: the lease of {user}'s claim is over"),
        Hanging::Expired(packet) => format!("packet {packet} has expired, and its money has not gone back"),
        Hanging::Group(Due::Group(group)) => format!("group {group} is being made, and its lease is over"),
        Hanging::Group(Due::Membership(group, user)) => format!("group {group}: the lease of {user}'s join is over"),
        Hanging::Delivery(target, event) => format!("event {event} to {target} is due, and is not delivered"),
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
        for overdue in &self.overdue {
            writeln!(f, "OVERDUE {overdue}")?;
        }
        let verdict = if self.holds { "the money holds" } else { "THE MONEY DOES NOT HOLD" };
        writeln!(f, "{verdict}: {} holders, {} postings", self.holders, self.postings)
    }
}
