//! The envelope.

use serde::Serialize;

use crate::{Denial, Endpoint, Language, Refusal, failure::FailureData};

/// After how many seconds a caller who met status 121 should ask again.
const RETRY_AFTER_S: u32 = 1;

/// What an endpoint answers.
#[derive(Debug)]
pub enum Reply<E: Endpoint> {
    /// Status 0.
    Done(E::Data),
    /// Any other status.
    Denied(Denial<E::Refusal>),
}

/// A reply ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The contract's number.
    pub status: u16,
    /// The HTTP status.
    pub http_status: u16,
    /// For `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
    /// The envelope.
    pub json: String,
}

#[derive(Serialize)]
struct Envelope<T> {
    status: u16,
    data: T,
}

impl<E: Endpoint> Reply<E> {
    /// Writes the envelope `{"status", "data"}`, with its detail in a language.
    pub fn render(&self, language: Language) -> Rendered {
        match self {
            Self::Done(data) => rendered(200, &Envelope { status: 0, data }),
            Self::Denied(denial) => denial.render(language),
        }
    }
}

impl<R: Refusal> Denial<R> {
    /// Writes the envelope, with its detail in a language.
    pub fn render(&self, language: Language) -> Rendered {
        rendered(self.http_status(), &Envelope { status: self.status(), data: FailureData::new(self, language) })
    }
}

fn rendered(http_status: u16, envelope: &Envelope<impl Serialize>) -> Rendered {
    let json = serde_json::to_string(envelope).expect("wire types are made of strings, numbers and options");
    let retry_after_s = (http_status == 503).then_some(RETRY_AFTER_S);
    Rendered { status: envelope.status, http_status, retry_after_s, json }
}

impl<E: Endpoint> From<Result<E::Data, Denial<E::Refusal>>> for Reply<E> {
    fn from(result: Result<E::Data, Denial<E::Refusal>>) -> Self {
        match result {
            Ok(data) => Self::Done(data),
            Err(denial) => Self::Denied(denial),
        }
    }
}

#[cfg(test)]
mod tests;
