//! The envelope.

use serde::Serialize;

use crate::{Denial, Endpoint, Extra, Language, Refusal, failure::FailureData};

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
    /// The stable name of the cause; `None` for status 0.
    pub code: Option<&'static str>,
    /// What the IM cloud answered, where it did.
    pub im_cloud: Option<CloudCodes>,
    /// For `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
    /// The envelope.
    pub json: String,
}

/// The numbers of an answer of the IM cloud. Its words may have been chosen by a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloudCodes {
    /// The HTTP status.
    pub http_status: u16,
    /// The cloud's own code, where its body had one.
    pub code: Option<i64>,
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
            Self::Done(data) => Rendered {
                status: 0,
                http_status: 200,
                code: None,
                im_cloud: None,
                retry_after_s: None,
                json: json(&Envelope { status: 0, data }),
            },
            Self::Denied(denial) => denial.render(language),
        }
    }
}

impl<R: Refusal> Denial<R> {
    /// Writes the envelope, with its detail in a language.
    pub fn render(&self, language: Language) -> Rendered {
        let (status, http_status) = (self.status(), self.http_status());
        let answer = if let Extra::ImCloud(refusal) = self.extra() { refusal.answer() } else { None };
        let im_cloud = answer.map(|answer| CloudCodes { http_status: answer.http_status, code: answer.code });
        Rendered {
            status,
            http_status,
            code: Some(self.code()),
            im_cloud,
            retry_after_s: self.retry_after_s(),
            json: json(&Envelope { status, data: FailureData::new(self, language) }),
        }
    }
}

fn json(envelope: &Envelope<impl Serialize>) -> String {
    serde_json::to_string(envelope).expect("wire types are made of strings, numbers and options")
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
