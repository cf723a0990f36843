//! What an endpoint is.

use hongbao_domain::id::Alphabet;
use serde::Serialize;

use crate::{Denial, Fields, Parameters, Refusal};

/// One method of the contract. Its route, its legal statuses and its JSON shape follow from this declaration.
pub trait Endpoint {
    /// Where it is served: `/im/…`.
    const PATH: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: &'static str;
    /// Whether it changes nothing, so that `GET` is served beside `POST`.
    const READ: bool = false;
    /// The longest body, in bytes.
    const BODY_LIMIT_BYTES: usize = 64 * 1024;
    /// What it takes beside the session key. A parameter that is not named here is not seen.
    const PARAMETERS: &'static [Parameter];

    /// A request whose form is right.
    type Request;
    /// What it answers on status 0.
    type Data: Serialize;
    /// What it may refuse.
    type Refusal: Refusal;

    /// Reads the parameters, in the order in which the contract checks them.
    fn parse(parameters: &Parameters<'_>) -> Result<Self::Request, Denial<Self::Refusal>>;

    /// Picks what it knows out of the fields and reads it, with ids of the contract's own alphabet.
    fn read(fields: &Fields) -> Result<Self::Request, Denial<Self::Refusal>> {
        Self::read_within(Alphabet::default(), fields)
    }

    /// The same for a deployment that may allow fewer characters in the ids of users and groups.
    fn read_within(alphabet: Alphabet, fields: &Fields) -> Result<Self::Request, Denial<Self::Refusal>> {
        Self::parse(&fields.pick(Self::PARAMETERS)?.within(alphabet))
    }
}

/// A parameter that an endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, in the contract's own style.
    pub name: &'static str,
    /// Whether JSON may write it as a number. It is read from its characters and never becomes a binary float.
    pub may_be_number: bool,
}

impl Parameter {
    /// A parameter that is a string in JSON, too.
    pub const fn text(name: &'static str) -> Self {
        Self { name, may_be_number: false }
    }

    /// A parameter that JSON may write as a string or as a number.
    pub const fn number(name: &'static str) -> Self {
        Self { name, may_be_number: true }
    }
}
