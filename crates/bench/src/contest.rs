//! Rounds: in each, every candidate has its turn at every number of connections, and who begins changes.

use std::{
    io::{Write, stderr},
    time::Duration,
};

use crate::{
    audit::Tally,
    candidate::{Candidate, Kind},
    error::BenchError,
    load::{Measured, drive},
    work::{Accepts, Keyed, Publishes},
};

/// How long it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    /// For how long each kind of request is asked in each turn.
    pub(crate) span: Duration,
}

const CONNECTIONS: [usize; 3] = [1, 64, 512];

/// For how long, and on how many connections, all candidates warm up.
const WARM_UP: (Duration, usize) = (Duration::from_millis(500), 64);

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Publish,
    /// Publishing under a key.
    Keyed,
    Accept,
}

impl Method {
    pub(crate) const ALL: [Self; 3] = [Self::Publish, Self::Keyed, Self::Accept];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Keyed => "with key",
            Self::Accept => "accept",
        }
    }
}

/// One candidate's figures for one method at one number of connections, round by round.
pub(crate) struct Cell {
    pub(crate) kind: Kind,
    pub(crate) method: Method,
    pub(crate) connections: usize,
    pub(crate) rounds: Vec<Measured>,
}

/// On how many connections two candidates that differ in little are measured, and in which order: first, second.
const CONNECTIONS_OF_DUEL: [usize; 2] = [64, 512];
const ORDER: [usize; 4] = [0, 1, 1, 0];

/// What was measured.
#[derive(Default)]
pub(crate) struct Cells {
    pub(crate) contest: Vec<Cell>,
    /// Two writers against one: what differs in little is asked more often, for shorter.
    pub(crate) duel: Vec<Cell>,
}

/// Measures everything.
pub(crate) async fn run(candidates: &[Candidate], plan: Plan) -> Result<Cells, BenchError> {
    for candidate in candidates {
        turn(candidate, WARM_UP.1, WARM_UP.0, 0).await?;
    }
    let mut cells = Cells::default();
    for round in 0..plan.rounds {
        for connections in CONNECTIONS {
            for place in 0..candidates.len() {
                let candidate = &candidates[(place + round) % candidates.len()];
                if candidate.kind.is_in_contest() {
                    measure(&mut cells.contest, candidate, connections, plan.span, round).await?;
                }
            }
        }
        for connections in CONNECTIONS_OF_DUEL {
            for place in ORDER {
                let mut pair = candidates.iter().filter(|candidate| Kind::DUEL.contains(&candidate.kind));
                if let Some(candidate) = pair.nth(place) {
                    measure(&mut cells.duel, candidate, connections, plan.span / 2, round).await?;
                }
            }
        }
        // The figures go to the standard output alone.
        drop(writeln!(stderr(), "round {} of {} is done", round + 1, plan.rounds));
    }
    Ok(cells)
}

async fn measure(
    cells: &mut Vec<Cell>,
    candidate: &Candidate,
    connections: usize,
    span: Duration,
    round: usize,
) -> Result<(), BenchError> {
    let seed = u64::try_from(round * 1_000 + connections).unwrap_or(0);
    let measured = turn(candidate, connections, span, seed).await?;
    for (method, measured) in measured {
        note(cells, candidate.kind, method, connections, measured);
    }
    Ok(())
}

/// Publishes for a while, if it is ours once more under keys, then accepts what was published, for as long at most.
async fn turn(
    candidate: &Candidate,
    connections: usize,
    span: Duration,
    seed: u64,
) -> Result<Vec<(Method, Measured)>, BenchError> {
    let of = |error| BenchError::new(format!("{}: {error}", candidate.kind.name()));
    let address = candidate.process.address;
    let before = candidate.tally.get();
    let (publish, done) = drive(address, connections, span, Publishes::new(seed)).await.map_err(of)?;
    let mut measured = vec![(Method::Publish, publish)];
    let mut published = before.published + publish.done;
    if candidate.kind.takes_keys() {
        let keyed = Keyed { next_key: published, publishes: Publishes::new(seed) };
        let (keyed, _) = drive(address, connections, span, keyed).await.map_err(of)?;
        published += keyed.done;
        measured.push((Method::Keyed, keyed));
    }
    let (accept, _) = drive(address, connections, span, Accepts(done.offered)).await.map_err(of)?;
    measured.push((Method::Accept, accept));
    candidate.tally.set(Tally { published, accepted: before.accepted + accept.done });
    Ok(measured)
}

fn note(cells: &mut Vec<Cell>, kind: Kind, method: Method, connections: usize, measured: Measured) {
    let is_this = |cell: &&mut Cell| (cell.kind, cell.method, cell.connections) == (kind, method, connections);
    match cells.iter_mut().find(is_this) {
        Some(cell) => cell.rounds.push(measured),
        None => cells.push(Cell { kind, method, connections, rounds: vec![measured] }),
    }
}
