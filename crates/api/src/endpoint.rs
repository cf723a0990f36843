//! What an endpoint is.

use hongbao_domain::id::Alphabet;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Denial, Every, Fields, Invalid, Parameter, Parameters, Refusal, Sentence};

/// One method of the contract. Its route, its legal statuses and its JSON shape follow from this declaration.
pub trait Endpoint {
    /// Where it is served: `/im/…`.
    const PATH: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: Sentence;
    /// Whether it changes nothing, so that `GET` is served beside `POST` and a repeat needs no key.
    const READ: bool = false;
    /// The longest body, in bytes.
    const BODY_LIMIT_BYTES: usize = 64 * 1024;
    /// What it takes beside the session key. A parameter that is not named here is not seen.
    const PARAMETERS: &'static [Parameter];

    /// A request whose form is right.
    type Request;
    /// What it answers on status 0.
    type Data: Serialize + ToSchema;
    /// What it may refuse.
    type Refusal: Refusal + Every;

    /// Reads the parameters, in the order in which the contract checks them.
    fn parse(parameters: &Parameters<'_>) -> Result<Self::Request, Denial<Self::Refusal>>;

    /// Gives what tells a request from another one under the same key.
    fn fingerprint(fields: &Fields) -> Result<[u8; 32], Invalid> {
        fields.fingerprint(Self::PARAMETERS)
    }

    /// Picks what it knows out of the fields and reads it, with ids of the contract's own alphabet.
    fn read(fields: &Fields) -> Result<Self::Request, Denial<Self::Refusal>> {
        Self::read_within(Alphabet::default(), fields)
    }

    /// The same for a deployment that may allow fewer characters in the ids of users and groups.
    fn read_within(alphabet: Alphabet, fields: &Fields) -> Result<Self::Request, Denial<Self::Refusal>> {
        Self::parse(&fields.pick(Self::PARAMETERS)?.within(alphabet))
    }
}
