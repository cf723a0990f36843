//! What must not be.

use serde::Serialize;

use crate::{
    candidate::Kind,
    contest::{Cell, Cells, Method},
    ratio::{percent, percent_together, rounds},
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

/// A key may make a publish dearer by a quarter.
const OF_KEYS: [(Kind, usize, u64); 2] = [(Kind::Postgres, 64, 80), (Kind::Sqlite, 64, 80)];

/// Two writers against one, whatever they write. Where the processors are the limit the two are equal, and noise decides.
const OF_DUEL: [(usize, u64); 2] = [(64, 95), (512, 95)];

/// Holds the figures against the floors. What was not measured meets none.
pub(crate) fn floors(cells: &Cells) -> Vec<Floor> {
    let of = |method: Method| OF_EACH_METHOD.map(|rule| of_method(&cells.contest, method, rule));
    let of_keys = OF_KEYS.map(|(kind, connections, least)| of_keys(&cells.contest, kind, connections, least));
    let of_duel = OF_DUEL.map(|(connections, least)| of_duel(&cells.duel, connections, least));
    [Method::Publish, Method::Accept].into_iter().flat_map(of).chain(of_keys).chain(of_duel).collect()
}

fn of_method(cells: &[Cell], method: Method, rule: (Kind, Kind, usize, u64)) -> Floor {
    let (ours, theirs, connections, least_percent) = rule;
    let of = |kind| rounds(cells, kind, method, connections);
    let what = format!("{}, {connections} connections: {} / {}", method.name(), ours.name(), theirs.name());
    floor(what, percent(of(ours), of(theirs)), least_percent)
}

fn of_keys(cells: &[Cell], kind: Kind, connections: usize, least_percent: u64) -> Floor {
    let of = |method| rounds(cells, kind, method, connections);
    let what = format!("{connections} connections, {}: publish with a key / without", kind.name());
    floor(what, percent(of(Method::Keyed), of(Method::Publish)), least_percent)
}

fn of_duel(cells: &[Cell], connections: usize, least_percent: u64) -> Floor {
    let of = |kind| Method::ALL.into_iter().flat_map(move |method| rounds(cells, kind, method, connections));
    let [ours, theirs] = Kind::DUEL;
    let what = format!("both methods, {connections} connections: {} / {}", ours.name(), theirs.name());
    floor(what, percent_together(of(ours), of(theirs)), least_percent)
}

fn floor(what: String, percent: Option<u64>, least_percent: u64) -> Floor {
    let percent = percent.unwrap_or(0);
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
            let contest = vec![
                cell(Kind::Textbook, Method::Publish, 64, textbook.rounds[0].per_second),
                cell(Kind::Postgres, Method::Publish, 64, per_second),
            ];
            floors(&Cells { contest, ..Cells::default() })[0].is_met
        };
        assert!(met(1_000));
        assert!(!met(989));
    }

    #[test]
    fn what_was_not_measured_meets_no_floor() {
        let nothing = floors(&Cells::default());
        assert!(nothing.iter().all(|floor| !floor.is_met));
        assert_eq!(nothing.len(), 8);
    }

    #[test]
    fn two_writers_are_held_against_one_in_all_rounds_of_both_methods() {
        let both = |kind, publish, accept| {
            [cell(kind, Method::Publish, 512, publish), cell(kind, Method::Accept, 512, accept)]
        };
        let duel = [both(Kind::Postgres, 900, 1_000), both(Kind::OneWriter, 1_000, 1_000)];
        let duel = duel.into_iter().flatten().collect();
        let floors = floors(&Cells { duel, ..Cells::default() });
        let floor = floors.iter().find(|floor| floor.is_met).unwrap();
        assert_eq!((floor.percent, floor.least_percent), (95, 95));
    }
}
