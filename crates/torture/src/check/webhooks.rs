//! Each endpoint is told of what happened, at least once, of nothing else, and in calls that its secret has signed.
//!
//! Endpoints are known before the first request, so all that happened is to be told.

mod call;
mod happened;

use std::collections::{BTreeMap, BTreeSet};

use self::{
    call::{Told, read},
    happened::{Fact, Happened, happened},
};
use super::{trial::Trial, violation::Violation};
use crate::{history::Event, state::Delivery};

const NAME: &str = "each webhook tells what happened";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let endpoints = trial.history.iter().find_map(|line| {
        let Event::Endpoints { ids } = &line.event else { return None };
        Some(ids)
    });
    let Some(endpoints) = endpoints else { return vec![Violation::new(NAME, "no endpoint was ever told", [])] };
    let (told, facts) = (read(trial), happened(trial));
    let mut found = odd_calls(&told);
    found.extend(strays(&told, &facts));
    for (name, id) in endpoints {
        let calls: Vec<_> = told.iter().filter(|one| one.call.endpoint == *name).collect();
        let rows = trial.state.deliveries.iter().filter(|row| row.endpoint == *id).collect();
        let endpoint = Endpoint { name, calls, rows };
        found.extend(endpoint.odd_rows());
        found.extend(endpoint.untold(&facts));
        found.extend(endpoint.friendships(trial));
    }
    found
}

/// Each call is signed, and one id is one body.
fn odd_calls(told: &[Told<'_>]) -> Vec<Violation> {
    let unsigned = told.iter().filter(|one| !one.call.is_signed);
    let unsigned =
        unsigned.map(|one| Violation::new(NAME, format!("{} is not signed by its secret", one.call.id), [one.line]));
    let mut first: BTreeMap<&str, &Told<'_>> = BTreeMap::new();
    let mut changed = Vec::new();
    for one in told {
        let before = first.entry(&one.call.id).or_insert(one);
        if before.call.body != one.call.body {
            let what = format!("{} came with another body", one.call.id);
            changed.push(Violation::new(NAME, what, [before.line, one.line]));
        }
    }
    unsigned.chain(changed).collect()
}

/// What was told happened, and as it was told.
fn strays(told: &[Told<'_>], facts: &BTreeMap<Fact, Happened>) -> Vec<Violation> {
    let why = |one: &Told<'_>| match facts.get(&one.fact) {
        None => Some("did not happen"),
        Some(happened) if !happened.is_told_by(&one.data) => Some("happened otherwise"),
        Some(_) => None,
    };
    let wrong = told.iter().filter_map(|one| Some((one, why(one)?)));
    wrong.map(|(one, why)| Violation::new(NAME, format!("{} told of what {why}", one.call.id), [one.line])).collect()
}

/// An endpoint, what arrived there, and what it is to be told.
struct Endpoint<'t> {
    name: &'t str,
    calls: Vec<&'t Told<'t>>,
    rows: Vec<&'t Delivery>,
}

impl Endpoint<'_> {
    fn is_taken(&self, id: &str) -> bool {
        self.calls.iter().any(|one| one.call.is_taken && one.call.id == id)
    }

    /// Whether a delivery never arrived, and may arrive later.
    fn waits(&self, row: &Delivery) -> bool {
        row.may_wait() && !self.is_taken(&row.id)
    }

    /// A call is of a row, and a row says what has become of it.
    fn odd_rows(&self) -> Vec<Violation> {
        let ids: BTreeSet<&str> = self.rows.iter().map(|row| row.id.as_str()).collect();
        let foreign = self.calls.iter().filter(|one| !ids.contains(one.call.id.as_str()));
        let foreign = foreign.map(|one| {
            Violation::new(NAME, format!("{} is no delivery to the {} endpoint", one.call.id, self.name), [one.line])
        });
        let wrong = self.rows.iter().filter_map(|row| {
            let (is_taken, state) = (self.is_taken(&row.id), row.state.as_str());
            let why = match state {
                "delivered" if is_taken => return None,
                "delivered" => "was never taken",
                _ if row.may_wait() => return None,
                _ => "should be delivered by now",
            };
            let Delivery { id, kind, attempts, .. } = row;
            let what = format!("{kind} {id} to the {} endpoint {why}: {state} after {attempts} tries", self.name);
            Some(Violation::new(NAME, what, self.lines(|one| one.call.id == row.id)))
        });
        foreign.chain(wrong).collect()
    }

    /// What happened was told as often as it happened, under an id each time.
    fn untold(&self, facts: &BTreeMap<Fact, Happened>) -> Vec<Violation> {
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| self.waits(row)) {
            *waiting.entry(&row.kind).or_default() += 1;
        }
        let mut found = Vec::new();
        for (fact, happened) in facts {
            let ids = |is_wanted: fn(&Told<'_>) -> bool| -> BTreeSet<&str> {
                let calls = self.calls.iter().filter(|one| one.fact == *fact && is_wanted(one));
                calls.map(|one| one.call.id.as_str()).collect()
            };
            let (sent, taken) = (ids(|_| true).len(), ids(|one| one.call.is_taken).len());
            let waits = waiting.entry(&fact.kind).or_default();
            let missing = happened.least.saturating_sub(taken);
            let why = if missing > *waits {
                format!("was taken {taken} times")
            } else if sent > happened.most {
                format!("was told under {sent} ids")
            } else {
                *waits -= missing;
                continue;
            };
            let Happened { least, most, .. } = happened;
            let what = format!("{fact} happened {least} to {most} times, and at the {} endpoint it {why}", self.name);
            let lines = happened.lines.iter().copied().chain(self.lines(|one| one.fact == *fact));
            found.push(Violation::new(NAME, what, lines));
        }
        found
    }

    /// Friends were added once more often than removed, and others as often.
    fn friendships(&self, trial: &Trial<'_>) -> Vec<Violation> {
        if self.rows.iter().any(|row| self.waits(row) && row.kind.starts_with("friend.")) {
            return Vec::new();
        }
        let mut pairs: BTreeMap<[&str; 2], [BTreeSet<&str>; 2]> = BTreeMap::new();
        for one in &self.calls {
            let side = match one.fact.kind.as_str() {
                "friend.added" => 0,
                "friend.removed" => 1,
                _ => continue,
            };
            let mut pair = [one.text("user_id"), one.text("friend_id")];
            pair.sort_unstable();
            pairs.entry(pair).or_default()[side].insert(&one.call.id);
        }
        let odd = pairs.into_iter().filter(|([one, other], [added, removed])| {
            added.len() != removed.len() + usize::from(trial.state.are_friends(one, other))
        });
        odd.map(|([one, other], [added, removed])| {
            let what = format!(
                "the {} endpoint was told that {one} and {other} were added {} times and removed {} times",
                self.name,
                added.len(),
                removed.len()
            );
            Violation::new(
                NAME,
                what,
                self.lines(|call| added.contains(&*call.call.id) || removed.contains(&*call.call.id)),
            )
        })
        .collect()
    }

    fn lines(&self, is_wanted: impl Fn(&Told<'_>) -> bool) -> Vec<usize> {
        self.calls.iter().filter(|one| is_wanted(one)).map(|one| one.line).collect()
    }
}

#[cfg(test)]
mod tests;
