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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hongbao_domain::time::Timestamp;
    use hongbao_ports::query::Leases;

    use super::*;

    #[test]
    fn each_number_is_under_its_own_name() {
        let leases = |open| Leases { open, overdue: open + 1 };
        let value = InProgress {
            sending: leases(10),
            claiming: leases(20),
            preparing: leases(30),
            joining: leases(40),
            delivering: leases(50),
            waiting: 60,
            parked: 70,
            oldest_delivery: Duration::from_millis(80_500),
            refunds_overdue: 90,
            longest_refund_overdue: Duration::from_millis(100_250),
        };
        let at = Timestamp::from_micros(1_795_392_377_500_000);
        let mut families = Families::default();

        add(&mut families, &Reading { value, at, took: Duration::ZERO });

        let text = families.text();
        let samples: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "hongbao_leases{kind=\"packet\"} 10",
            "hongbao_leases{kind=\"claim\"} 20",
            "hongbao_leases{kind=\"group\"} 30",
            "hongbao_leases{kind=\"join\"} 40",
            "hongbao_leases{kind=\"delivery\"} 50",
            "hongbao_leases_overdue{kind=\"packet\"} 11",
            "hongbao_leases_overdue{kind=\"claim\"} 21",
            "hongbao_leases_overdue{kind=\"group\"} 31",
            "hongbao_leases_overdue{kind=\"join\"} 41",
            "hongbao_leases_overdue{kind=\"delivery\"} 51",
            "hongbao_outbox_deliveries{state=\"waiting\"} 60",
            "hongbao_outbox_deliveries{state=\"sending\"} 50",
            "hongbao_outbox_deliveries{state=\"parked\"} 70",
            "hongbao_outbox_oldest_age_seconds 80.5",
            "hongbao_refunds_overdue 90",
            "hongbao_refunds_overdue_age_seconds 100.25",
            "hongbao_progress_timestamp_seconds 1795392377.5",
        ];
        assert_eq!(samples, expected);
    }
}
