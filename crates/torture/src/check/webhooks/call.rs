//! What a call says.

use serde_json::Value;

use super::happened::Fact;
use crate::{
    check::trial::Trial,
    history::{Call, Event},
};

/// A call, read.
pub(super) struct Told<'a> {
    pub(super) call: &'a Call,
    pub(super) fact: Fact,
    pub(super) data: Value,
    /// Where it stands in the history.
    pub(super) line: usize,
}

impl Told<'_> {
    pub(super) fn text(&self, key: &str) -> &str {
        self.data[key].as_str().unwrap_or_default()
    }
}

/// Gives all calls, also those that were not taken: what was said was said.
pub(super) fn read<'a>(trial: &Trial<'a>) -> Vec<Told<'a>> {
    let calls = trial.history.iter().enumerate().filter_map(|(line, entry)| {
        let Event::Call(call) = &entry.event else { return None };
        Some((line, call))
    });
    calls
        .map(|(line, call)| {
            // What cannot be read tells of nothing that happened.
            let mut body: Value = serde_json::from_str(&call.body).unwrap_or_default();
            let kind = body["type"].as_str().unwrap_or_default().to_owned();
            let data = body["data"].take();
            Told { call, fact: Fact::told(kind, &data), data, line }
        })
        .collect()
}
