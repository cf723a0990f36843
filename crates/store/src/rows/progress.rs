//! How much has begun and not ended, kind by kind.

use std::time::Duration;

use hongbao_domain::time::Timestamp;
use hongbao_ports::query::{InProgress, Leases};

use super::unreadable::Unreadable;

/// The rows of one kind.
#[derive(Debug)]
pub struct ProgressRow {
    /// Which kind.
    pub kind: String,
    /// How many there are.
    pub open: i64,
    /// How many of those are over.
    pub overdue: i64,
    /// When the first of them was due or made; what that is depends on the kind.
    pub since: Option<i64>,
}

/// Puts the kinds together, as they are now.
pub fn in_progress(rows: impl IntoIterator<Item = ProgressRow>, now: Timestamp) -> Result<InProgress, Unreadable> {
    let mut all = InProgress::default();
    for ProgressRow { kind, open, overdue, since } in rows {
        let leases = Leases { open: open.unsigned_abs(), overdue: overdue.unsigned_abs() };
        let age = since.map_or(Duration::ZERO, |since| now.since(Timestamp::from_micros(since)));
        match kind.as_str() {
            "sending" => all.sending = leases,
            "claiming" => all.claiming = leases,
            "preparing" => all.preparing = leases,
            "joining" => all.joining = leases,
            "delivering" => {
                all.delivering = leases;
                all.oldest_delivery = all.oldest_delivery.max(age);
            }
            "waiting" => {
                all.waiting = leases.open;
                all.oldest_delivery = all.oldest_delivery.max(age);
            }
            "parked" => all.parked = leases.open,
            "refunds" => {
                all.refunds_overdue = leases.overdue;
                all.longest_refund_overdue = age;
            }
            _ => return Err(Unreadable("a kind of what is in progress")),
        }
    }
    Ok(all)
}
