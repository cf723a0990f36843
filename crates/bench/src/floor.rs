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

/// Ours against the textbook, which each method has to stand.
const OF_EACH_METHOD: [(Kind, Kind, usize, u64); 2] =
    [(Kind::Postgres, Kind::Textbook, 64, 100), (Kind::Sqlite, Kind::Textbook, 64, 100)];

/// Two writers against one, whatever they write. Where the processors are the limit the two are equal, and noise decides.
const OF_ALL: (Kind, Kind, usize, u64) = (Kind::Postgres, Kind::OneWriter, 512, 95);

/// Holds the figures against the floors. What was not measured meets none.
pub(crate) fn floors(cells: &[Cell]) -> Vec<Floor> {
    let of = |method: Method| OF_EACH_METHOD.map(|rule| floor(cells, method.name(), &[method], rule));
    let mut floors: Vec<_> = Method::ALL.into_iter().flat_map(of).collect();
    floors.push(floor(cells, "both methods", &Method::ALL, OF_ALL));
    floors
}

fn floor(cells: &[Cell], name: &str, methods: &[Method], rule: (Kind, Kind, usize, u64)) -> Floor {
    let (ours, theirs, connections, least_percent) = rule;
    let of = |kind| -> Vec<_> {
        methods.iter().flat_map(|method| rounds(cells, kind, *method, connections)).copied().collect()
    };
    let percent = percent(&of(ours), &of(theirs)).unwrap_or(0);
    let what = format!("{name}, {connections} connections: {} / {}", ours.name(), theirs.name());
    Floor { what, percent, least_percent, is_met: percent >= least_percent }
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
        assert_eq!(floors(&[]).len(), 5);
    }
}
