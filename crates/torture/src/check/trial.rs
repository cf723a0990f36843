//! A history, sorted by what was wanted.

use std::collections::BTreeMap;

use crate::{
    history::{Answer, Event, Invoke, Line, Loss, Params},
    state::State,
};

/// A trial that is over.
pub(super) struct Trial<'a> {
    pub(super) history: &'a [Line],
    pub(super) state: &'a State,
    /// All attempts, in the order in which they were made.
    pub(super) attempts: Vec<Attempt<'a>>,
    down: BTreeMap<usize, Vec<Span>>,
    /// When the store's clock was wrong.
    wrong_clock: Vec<Span>,
}

/// From when until when something lasted, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from_us: u64,
    pub(super) until_us: u64,
}

impl Span {
    pub(super) const fn meets(self, other: Self) -> bool {
        self.from_us <= other.until_us && other.from_us <= self.until_us
    }
}

/// One request that was sent, and how it ended.
#[derive(Debug, Clone)]
pub(super) struct Attempt<'a> {
    pub(super) invoke: &'a Invoke,
    pub(super) end: End<'a>,
    pub(super) span: Span,
    /// The lines of the history that it stands on.
    pub(super) lines: [usize; 2],
}

#[derive(Debug, Clone, Copy)]
pub(super) enum End<'a> {
    Answer(&'a Answer),
    Lost(Loss),
    /// The history ends before it.
    Never,
}

impl<'a> Attempt<'a> {
    pub(super) fn answer(&self) -> Option<&'a Answer> {
        match self.end {
            End::Answer(answer) => Some(answer),
            End::Lost(_) | End::Never => None,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.answer().is_some_and(|answer| answer.status == 0)
    }

    /// Gives the answer, if it is one for good.
    pub(super) fn verdict(&self) -> Option<&'a Answer> {
        self.answer().filter(|answer| !answer.is_open())
    }

    /// Whether it may have done something that its client was not told.
    pub(super) fn may_have_acted(&self) -> bool {
        match self.end {
            // Of what can be repeated under a key, only the repeat tells.
            End::Answer(answer) if matches!(answer.status, 120 | 121) => {
                self.invoke.key.is_some() || answer.data["retryable"] != serde_json::json!(true)
            }
            End::Answer(_) | End::Lost(Loss::HalfSent) => false,
            End::Lost(Loss::HungUp | Loss::Cut | Loss::Silence) | End::Never => true,
        }
    }

    pub(super) fn param(&self, name: &str) -> &'a str {
        self.invoke.params.get(name).map_or("", String::as_str)
    }
}

/// All attempts at one thing: those under one key with the same parameters, or a single one without a key.
#[derive(Debug)]
pub(super) struct Unit<'t, 'a> {
    pub(super) attempts: Vec<&'t Attempt<'a>>,
}

/// What all attempts at one thing have come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// One was told that it is done.
    Done,
    /// None was, and the last one, made after all others had ended, was told why not.
    Refused,
    /// It was never learned.
    Unknown,
}

impl<'a> Unit<'_, 'a> {
    pub(super) fn first(&self) -> &Attempt<'a> {
        self.attempts[0]
    }

    pub(super) fn lines(&self) -> Vec<usize> {
        self.attempts.iter().flat_map(|attempt| attempt.lines).collect()
    }

    pub(super) fn outcome(&self) -> Outcome {
        if self.attempts.iter().any(|attempt| attempt.is_done()) {
            return Outcome::Done;
        }
        let last = self.attempts[self.attempts.len() - 1];
        let is_alone = self.attempts.iter().rev().skip(1).all(|attempt| attempt.span.until_us <= last.span.from_us);
        let is_known = match last.verdict() {
            Some(_) => is_alone,
            // Whatever was asked in vain, nothing was begun by any of them.
            None => !self.attempts.iter().any(|attempt| attempt.may_have_acted()),
        };
        if is_known { Outcome::Refused } else { Outcome::Unknown }
    }
}

impl<'a> Trial<'a> {
    pub(super) fn new(history: &'a [Line], state: &'a State) -> Self {
        let mut attempts: Vec<Attempt<'a>> = Vec::new();
        let mut numbers = BTreeMap::new();
        for (index, line) in history.iter().enumerate() {
            if let Event::Invoke(invoke) = &line.event {
                numbers.insert((invoke.op, invoke.attempt), attempts.len());
                let span = Span { from_us: line.at_us, until_us: u64::MAX };
                attempts.push(Attempt { invoke, end: End::Never, span, lines: [index; 2] });
            } else if let Some((op, attempt, end)) = ended(&line.event)
                && let Some(number) = numbers.get(&(op, attempt))
            {
                let attempt = &mut attempts[*number];
                attempt.end = end;
                attempt.span.until_us = line.at_us;
                attempt.lines[1] = index;
            }
        }
        Self { history, state, attempts, down: down(history), wrong_clock: wrong_clock(history) }
    }

    /// Gives all attempts at each thing of one method, those with something wrong with them aside.
    pub(super) fn units(&self, method: &str) -> Vec<Unit<'_, 'a>> {
        let mut units: BTreeMap<(&str, &str, Option<u64>, &Params), Unit<'_, 'a>> = BTreeMap::new();
        for attempt in self.attempts.iter().filter(|attempt| attempt.invoke.method == method) {
            let Invoke { op, user, key, params, wrong, .. } = attempt.invoke;
            if wrong.is_some() {
                continue;
            }
            let (key, alone) = key.as_deref().map_or(("", Some(*op)), |key| (key, None));
            let unit = units.entry((user, key, alone, params));
            unit.or_insert_with(|| Unit { attempts: Vec::new() }).attempts.push(attempt);
        }
        units.into_values().collect()
    }

    /// Whether a server could not answer at some moment of a span.
    pub(super) fn was_down(&self, server: usize, span: Span) -> bool {
        self.down.get(&server).is_some_and(|spans| spans.iter().any(|down| down.meets(span)))
    }

    /// Whether the store's clock was wrong at some moment until the end of a span.
    pub(super) fn had_wrong_clock(&self, span: Span) -> bool {
        self.wrong_clock.iter().any(|wrong| wrong.from_us <= span.until_us)
    }
}

fn ended(event: &Event) -> Option<(u64, u32, End<'_>)> {
    if let Event::Return { op, attempt, answer } = event {
        return Some((*op, *attempt, End::Answer(answer)));
    }
    let Event::Lost { op, attempt, why } = event else { return None };
    Some((*op, *attempt, End::Lost(*why)))
}

fn down(history: &[Line]) -> BTreeMap<usize, Vec<Span>> {
    let mut spans: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for line in history {
        if let Event::Down { server } = line.event {
            spans.entry(server).or_default().push(Span { from_us: line.at_us, until_us: u64::MAX });
        } else if let Event::Up { server } = line.event {
            for span in spans.entry(server).or_default().iter_mut().filter(|span| span.until_us == u64::MAX) {
                span.until_us = line.at_us;
            }
        }
    }
    spans
}

fn wrong_clock(history: &[Line]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for line in history {
        let Event::Clock { shift_s } = line.event else { continue };
        if let Some(open) = spans.last_mut().filter(|span| span.until_us == u64::MAX) {
            open.until_us = line.at_us;
        }
        if shift_s != 0 {
            spans.push(Span { from_us: line.at_us, until_us: u64::MAX });
        }
    }
    spans
}
