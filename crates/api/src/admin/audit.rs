//! `/admin/v1/audit`: the proof that the money holds.

use std::fmt;

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    ledger::{Audit, Finding, Totals},
    money::print_minor,
    store::RequestName,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Moment, coin::All, endpoint::declare};
use crate::Sentence;

/// Starts an audit.
#[derive(Debug)]
pub struct StartAudit;

/// Gives what the last audit found.
#[derive(Debug)]
pub struct LastAudit;

/// The sums of one coin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoinTotalsData {
    /// The coin's id.
    pub coin_id: String,
    /// Whether balances + held = deposits - withdrawals.
    pub holds: bool,
    /// What users can spend.
    pub balances: String,
    /// What packets hold.
    pub held: String,
    /// What came in from outside.
    pub deposits: String,
    /// What went out.
    pub withdrawals: String,
}

/// What an audit has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditData {
    /// Whether the money holds, and what was answered under a key is true.
    pub holds: bool,
    /// The sums, by coin.
    pub coins: Vec<CoinTotalsData>,
    /// How many accounts, packets and movements were looked at.
    pub holders: u64,
    /// How many postings were looked at.
    pub postings: u64,
    /// What is wrong, a sentence each, with the name of the row.
    pub findings: Vec<String>,
    /// What should be resolved by now, a sentence each; left out where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overdue: Vec<String>,
}

/// The last audit that was started on this server: by an administrator, or by the time between two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditRunData {
    /// `none`, `running`, `ended` or `failed`.
    pub state: String,
    /// `administrator`, or `interval`: every `metrics.audit_interval` the money alone is audited. Null where none was.
    #[schema(required)]
    pub started_by: Option<String>,
    /// When it began.
    #[schema(required, inline)]
    pub began_at: Option<Moment>,
    /// When it ended.
    #[schema(required, inline)]
    pub ended_at: Option<Moment>,
    /// What it found.
    #[schema(required, inline)]
    pub report: Option<AuditData>,
    /// Why it could not be made.
    #[schema(required)]
    pub error: Option<String>,
}

impl AuditData {
    /// Writes what was found about the money.
    pub fn of(audit: &Audit) -> Self {
        let coin = |(id, totals): (&hongbao_domain::id::CoinId, &Totals)| {
            let print = |minor| print_minor(minor, totals.scale);
            CoinTotalsData {
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

    /// Adds answers that are remembered under a key and are not true.
    #[must_use]
    pub fn with_answers(mut self, wrong: &[RequestName]) -> Self {
        let sentence = |RequestName { user, method, key }: &RequestName| {
            format!("request {key} of {user} ({method}): what was answered is not what became of the packet")
        };
        self.findings.extend(wrong.iter().map(sentence));
        self.holds &= wrong.is_empty();
        self
    }

    /// Adds what should be resolved by now, a sentence each.
    #[must_use]
    pub fn with_overdue(self, overdue: Vec<String>) -> Self {
        Self { overdue, ..self }
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
            format!("{holder}: state, shares, claims, money and postings contradict each other")
        }
        Finding::MovementDiffers(holder) => format!("{holder}: it is not the one posting that it must have"),
        Finding::Orphans(count) => format!("{count} postings belong to holders that do not exist"),
    }
}

/// For people, a line each.
impl fmt::Display for AuditData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for CoinTotalsData { coin_id, holds, balances, held, deposits, withdrawals } in &self.coins {
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

declare!(StartAudit "audit_start" Post "/admin/v1/audit" Operator [AuditRunning] All => AuditRunData,
    "Starts the proof that the money holds, on this server, while others go on writing.",
    "在本服务器上启动审计，期间照常写入。");
declare!(LastAudit "audit_last" Get "/admin/v1/audit" Read [] All => AuditRunData,
    "Gives what the last audit of this server found, and what started it.", "查看本服务器最近一次审计的结果及其触发方式。");
