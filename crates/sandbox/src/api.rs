//! The cloud's Server API, without HTTP: a table of endpoints and what they have in common.
//!
//! To add an endpoint, write one file with its parameters and its behaviour, and give it a line in [`ENDPOINTS`].

mod code;
mod error;
mod form;
mod group;
mod limit;
mod message;
mod quota;
mod signature;
mod user;

use serde_json::Value;
use time::OffsetDateTime;

use crate::{Unverified, cloud::Cloud};
pub use code::Code;
use quota::Quota;
pub(crate) use {error::CloudError, form::Form, quota::Meters, signature::Credentials};

/// Everything that the sandbox serves.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    user::GET_TOKEN,
    user::REFRESH,
    user::INFO,
    user::blacklist::ADD,
    user::blacklist::REMOVE,
    user::blacklist::QUERY,
    message::PUBLISH_PRIVATE,
    message::PUBLISH_GROUP,
    message::PUBLISH_SYSTEM,
    message::PUBLISH_LEGACY,
    message::RECALL,
    group::CREATE,
    group::JOIN,
    group::QUIT,
    group::DISMISS,
    group::REFRESH,
    group::QUERY_USERS,
];

/// One call of the Server API: where it is asked for, how often it may be, and what it does to the cloud.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) quota: Quota,
    pub(crate) answer: fn(&Form, &mut Cloud, &Moment<'_>) -> Result<Value, CloudError>,
}

/// What an endpoint knows besides its parameters and the cloud's memory.
pub(crate) struct Moment<'a> {
    pub(crate) now: OffsetDateTime,
    pub(crate) unverified: &'a Unverified,
}

/// Lists the paths that the sandbox serves.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.path)
}

/// Tells whether the sandbox serves `path`.
pub(crate) fn serves(path: &str) -> bool {
    paths().any(|served| served == path)
}

/// What most calls answer with.
fn done() -> Value {
    serde_json::json!({ "code": 200 })
}
