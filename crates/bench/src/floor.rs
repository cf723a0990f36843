//! What must not be.

use serde::Serialize;

use crate::{
    candidate::Kind,
    contest::{Cell, Method},
    report::{percent, rounds},
};

/// A ratio that must not be lower.
#[derive(Serialize)]
pub(crate) struct Floor {
    pub(crate) what: String,
    /// What was found, in hundredths.
    pub(crate) percent: u64,
    pub(crate) least_percent: u64,
    pub(crate) is_met: bool,
}

/// Two writers against one, and ours against the textbook.
const RULES: [(Kind, Kind, usize, u64); 3] = [
    (Kind::Postgres, Kind::Textbook, 64, 100),
    (Kind::Sqlite, Kind::Textbook, 64, 100),
    // Where the processors are the limit the two are equal, and noise decides.
    (Kind::Postgres, Kind::OneWriter, 512, 95),
];

/// Holds the figures against the floors. What was not measured meets none.
pub(crate) fn floors(cells: &[Cell]) -> Vec<Floor> {
    let of = |method: Method| {
        RULES.map(|(ours, theirs, connections, least_percent)| {
            let what = format!("{}, {connections} connections: {} / {}", method.name(), ours.name(), theirs.name());
            let (ours, theirs) = (rounds(cells, ours, method, connections), rounds(cells, theirs, method, connections));
            let percent = percent(ours, theirs).unwrap_or(0);
            Floor { what, percent, least_percent, is_met: percent >= least_percent }
        })
    };
    Method::ALL.into_iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Measured;

    fn cell(kind: Kind, method: Method, connections: usize, per_second: u64) -> Cell {
        let round = Measured { done: 1, per_second, p50_us: 1, p99_us: 1 };
        Cell { kind, method, connections, rounds: vec![round; 3] }
    }

    #[test]
    fn a_floor_is_met_by_as_much_and_missed_by_less() {
        let textbook = cell(Kind::Textbook, Method::Publish, 64, 1_000);
        let met = |per_second| {
            let cells = [
                cell(Kind::Textbook, Method::Publish, 64, textbook.rounds[0].per_second),
                cell(Kind::Postgres, Method::Publish, 64, per_second),
            ];
            floors(&cells)[0].is_met
        };
        assert!(met(1_000));
        assert!(!met(989));
    }

    #[test]
    fn what_was_not_measured_meets_no_floor() {
        assert!(floors(&[]).iter().all(|floor| !floor.is_met));
        assert_eq!(floors(&[]).len(), 6);
    }
}
