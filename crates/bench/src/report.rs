//! The figures, for people and for programs.

use std::fmt::{self, Display};

use serde::Serialize;

use crate::{
    candidate::Kind,
    contest::{Cell, Method},
    facts::Facts,
    floor::Floor,
    ratio::{median, percent, rounds},
};

/// Everything that a run has found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Facts,
    pub(crate) figures: Vec<Figure>,
    /// Two writers and one, asked in turns.
    pub(crate) duel: Vec<Figure>,
    pub(crate) floors: Vec<Floor>,
}

/// One candidate at one number of connections: medians over the rounds.
#[derive(Serialize)]
pub(crate) struct Figure {
    pub(crate) method: &'static str,
    pub(crate) connections: usize,
    pub(crate) candidate: &'static str,
    pub(crate) per_second: u64,
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    /// Hundredths of what the textbook did in the same round; `None` where it was not measured.
    pub(crate) percent_of_textbook: Option<u64>,
}

/// Gives the figures of all cells, method by method.
pub(crate) fn figures(cells: &[Cell]) -> Vec<Figure> {
    let figure = |cell: &Cell| Figure {
        method: cell.method.name(),
        connections: cell.connections,
        candidate: cell.kind.name(),
        per_second: median(cell.rounds.iter().map(|round| round.per_second)),
        p50_us: median(cell.rounds.iter().map(|round| round.p50_us)),
        p99_us: median(cell.rounds.iter().map(|round| round.p99_us)),
        percent_of_textbook: percent(&cell.rounds, rounds(cells, Kind::Textbook, cell.method, cell.connections)),
    };
    let of = |method| cells.iter().filter(move |cell| cell.method == method);
    Method::ALL.into_iter().flat_map(of).map(figure).collect()
}

/// Writes hundredths.
struct Times(u64);

impl Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

/// Writes microseconds as milliseconds.
struct Millis(u64);

impl Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:01}", self.0 / 1_000, self.0 % 1_000 / 100))
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, connections, candidate, per_second, p50_us, p99_us, percent_of_textbook } = self;
        let ratio = percent_of_textbook.map_or_else(String::new, |percent| Times(percent).to_string());
        let (p50, p99) = (Millis(*p50_us), Millis(*p99_us));
        write!(f, "{method:<8} {connections:>5}  {candidate:<22} {per_second:>10} {ratio:>10} {p50:>8} {p99:>8}")
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.machine)?;
        let titles = ("method", "conns", "candidate", "per second", "x textbook", "p50 ms", "p99 ms");
        let (method, connections, candidate, rate, ratio, p50, p99) = titles;
        writeln!(f, "{method:<8} {connections:>5}  {candidate:<22} {rate:>10} {ratio:>10} {p50:>8} {p99:>8}")?;
        self.figures.iter().try_for_each(|figure| writeln!(f, "{figure}"))?;
        writeln!(f, "\nin turns with one another:")?;
        self.duel.iter().try_for_each(|figure| writeln!(f, "{figure}"))?;
        writeln!(f)?;
        self.floors.iter().try_for_each(|Floor { what, percent, least_percent, is_met }| {
            let verdict = if *is_met { "met" } else { "NOT MET" };
            writeln!(f, "{verdict}: {what}: {} (at least {})", Times(*percent), Times(*least_percent))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_fractions_lost() {
        assert_eq!(Times(205).to_string(), "2.05");
        assert_eq!(Millis(12_345).to_string(), "12.3");
    }
}
