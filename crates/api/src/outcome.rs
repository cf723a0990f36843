//! What a method may answer beside status 0: every number, its cause and what it means, from the types that answer.

use crate::{Denial, Endpoint, Every, Extra, FailureKind, Invalid, RateLimit, Refusal, Sentence};

/// One way in which a request may end that is not status 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The contract's number.
    pub status: u16,
    /// The HTTP status.
    pub http_status: u16,
    /// The stable name of the cause.
    pub code: &'static str,
    /// What it means.
    pub meaning: Sentence,
    /// Whether the same request may succeed later and can do no harm.
    pub is_retryable: bool,
    /// What the answer may carry besides.
    pub beside: Beside,
}

/// What an answer that is not status 0 may carry besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// The name of this parameter, which is at fault.
    Parameter(&'static str),
    /// The name of any parameter.
    AnyParameter,
    /// What the IM cloud answered.
    ImCloud,
    /// The receipt that the caller has already.
    Receipt,
    /// The id of the packet that the caller may ask about.
    Packet,
}

impl Outcome {
    fn of<R: Refusal>(denial: &Denial<R>) -> Self {
        let beside = match (denial, denial.extra()) {
            (Denial::Invalid(_), _) => Beside::AnyParameter,
            (Denial::Failed { .. }, _) | (_, Extra::Packet(_)) => Beside::Packet,
            (_, Extra::Nothing) => Beside::Nothing,
            (_, Extra::Parameter(name)) => Beside::Parameter(name),
            (_, Extra::ImCloud(_)) => Beside::ImCloud,
            (_, Extra::Receipt(_)) => Beside::Receipt,
        };
        Self {
            status: denial.status(),
            http_status: denial.http_status(),
            code: denial.code(),
            meaning: denial.sentence(),
            is_retryable: denial.is_retryable(),
            beside,
        }
    }
}

/// Gives everything that a method may answer beside status 0, its own refusals first.
pub(crate) fn outcomes<E: Endpoint>() -> Vec<Outcome> {
    // What is wrong with the request itself is no refusal of the method's own.
    let own = E::Refusal::every().filter(|refusal| refusal.invalid().is_none());
    let own = own.map(|refusal| Outcome::of(&Denial::Refused(refusal)));
    own.chain(common::<E::Refusal>(E::READ)).collect()
}

fn common<R: Refusal>(is_read: bool) -> impl Iterator<Item = Outcome> {
    // A request for another path, or of another HTTP method, is none for this one.
    let reaches = |invalid: &Invalid| !matches!(invalid, Invalid::UnknownPath | Invalid::MethodNotAllowed);
    // Where nothing is changed, a key is not looked at.
    let takes = move |invalid: &Invalid| !(is_read && *invalid == Invalid::IdempotencyKey);
    let invalid = Invalid::every().filter(reaches).filter(takes).map(Denial::<R>::Invalid);
    let keys = [Denial::KeyMismatch, Denial::KeyInProgress].into_iter().filter(move |_| !is_read);
    let limited = [RateLimit::InFlight, RateLimit::Rate { retry_after_s: 1 }].map(Denial::RateLimited);
    let failed = FailureKind::every().flat_map(move |kind| {
        let failed = Denial::failed(kind, None);
        let under_key = (!is_read && kind == FailureKind::Unresolved).then(|| Denial::failed(kind, None).under_key());
        [Some(failed), under_key].into_iter().flatten()
    });
    let all = [Denial::NotLoggedIn].into_iter().chain(invalid).chain(keys).chain(limited).chain(failed);
    all.map(|denial| Outcome::of(&denial))
}
