//! Medians, and ratios within the same round.

use crate::{
    candidate::Kind,
    contest::{Cell, Method},
    load::Measured,
};

/// Gives the middle value; of two, the lower one.
pub(crate) fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Finds the rounds of a candidate.
pub(crate) fn rounds(cells: &[Cell], kind: Kind, method: Method, connections: usize) -> &[Measured] {
    let found = cells.iter().find(|cell| (cell.kind, cell.method, cell.connections) == (kind, method, connections));
    found.map_or(&[], |cell| &cell.rounds)
}

/// Compares round by round, so that what slows the machine for a while slows both; the median, in hundredths.
pub(crate) fn percent(ours: &[Measured], theirs: &[Measured]) -> Option<u64> {
    let pairs = ours.iter().zip(theirs).filter(|(_, theirs)| theirs.per_second > 0);
    let ratios: Vec<_> = pairs.map(|(ours, theirs)| ours.per_second * 100 / theirs.per_second).collect();
    (!ratios.is_empty()).then(|| median(ratios.into_iter()))
}

/// Compares all rounds together, in hundredths; `None` if there is nothing to compare with.
pub(crate) fn percent_together<'a>(
    ours: impl Iterator<Item = &'a Measured>,
    theirs: impl Iterator<Item = &'a Measured>,
) -> Option<u64> {
    let ours: u64 = ours.map(|round| round.per_second).sum();
    let theirs: u64 = theirs.map(|round| round.per_second).sum();
    (ours * 100).checked_div(theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(per_second: u64) -> Measured {
        Measured { done: 1, per_second, p50_us: 1, p99_us: 1 }
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        // The machine was half as fast in the second round, and something disturbed the third.
        let (ours, theirs) = ([round(200), round(100), round(40)], [round(100), round(50), round(80)]);
        assert_eq!(percent(&ours, &theirs), Some(200));
        assert_eq!(percent(&ours, &[]), None);
        assert_eq!(percent(&ours, &[round(0)]), None);
    }

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median([3, 1, 2].into_iter()), 2);
    }
}
