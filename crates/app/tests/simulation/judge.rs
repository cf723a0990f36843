//! Whether clients were told one thing only: the same key never does two things, and a repeat is answered the same.

use crate::{
    history::{Call, History},
    request::{Request, Told},
};

/// Gives what must not be in the answers of all requests.
pub(crate) fn answers(history: &History) -> Vec<String> {
    history.requests.iter().flat_map(|request| answers_of(history, request)).collect()
}

fn answers_of(history: &History, request: &Request) -> Vec<String> {
    let calls: Vec<_> = history.calls_of(request).collect();
    let finals: Vec<_> = calls.iter().filter(|call| matches!(call.told, Told::Final(_))).collect();
    let mut defects = Vec::new();
    for call in &calls {
        let fits = match &call.told {
            Told::Broken(_) => false,
            Told::Mismatch => request.is_mistaken(),
            Told::Final(_) | Told::Undone | Told::InProgress => !request.is_mistaken(),
            Told::NotBegun | Told::Unknown => true,
        };
        if !fits || finals.iter().any(|first| contradicts(first, call)) {
            defects.push(format!("request {} was told {:?}", request.number, call.told));
        }
    }
    defects
}

/// Whether a call was told something else than an earlier one, whose answer was final.
fn contradicts(first: &Call, call: &Call) -> bool {
    match call.told {
        Told::Final(_) => call.told != first.told,
        Told::Undone | Told::InProgress => call.begun > first.ended,
        Told::NotBegun | Told::Unknown | Told::Mismatch | Told::Broken(_) => false,
    }
}
