//! What the store has not come to the end of, as it was read last.

use hongbao_app::Reading;
use hongbao_ports::query::InProgress;

use super::families::{Families, moment, number, seconds};

pub(super) fn add(families: &mut Families, reading: &Reading<InProgress>) {
    let InProgress {
        sending,
        claiming,
        preparing,
        joining,
        delivering,
        waiting,
        parked,
        oldest_delivery,
        refunds_overdue,
        longest_refund_overdue,
    } = reading.value;
    let leases =
        [("packet", sending), ("claim", claiming), ("group", preparing), ("join", joining), ("delivery", delivering)];
    let mut family =
        families.gauge("hongbao_leases", "Leases of what has begun and not ended, by kind; counted up to 10000.");
    for (kind, counts) in leases {
        family = family.level(&[("kind", kind)], number(counts.open));
    }
    drop(family);
    let mut family =
        families.gauge("hongbao_leases_overdue", "Those of the leases that are over, by kind; counted up to 10000.");
    for (kind, counts) in leases {
        family = family.level(&[("kind", kind)], number(counts.overdue));
    }
    drop(family);
    families
        .gauge("hongbao_outbox_deliveries", "Deliveries that are not made, by state; counted up to 10000.")
        .level(&[("state", "waiting")], number(waiting))
        .level(&[("state", "sending")], number(delivering.open))
        .level(&[("state", "parked")], number(parked));
    families
        .gauge("hongbao_outbox_oldest_age_seconds", "Age of the oldest delivery that waits or is being made.")
        .level(&[], seconds(oldest_delivery));
    families
        .gauge(
            "hongbao_refunds_overdue",
            "Packets whose time is over and whose money has not gone back; counted up to 10000.",
        )
        .level(&[], number(refunds_overdue));
    families
        .gauge("hongbao_refunds_overdue_age_seconds", "For how long the first of them is overdue.")
        .level(&[], seconds(longest_refund_overdue));
    families
        .gauge("hongbao_progress_timestamp_seconds", "When leases, outbox and refunds were read.")
        .level(&[], moment(reading.at));
}
