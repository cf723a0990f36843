//! The cloud's Server API, without HTTP: a table of endpoints and what they have in common.
//!
//! To add an endpoint, write one file with its parameters and its behaviour, and give it a line in [`ENDPOINTS`].

mod error;
mod form;
mod limit;
mod message;
mod signature;
mod user;

use serde_json::Value;
use time::OffsetDateTime;

use crate::cloud::Cloud;
pub(crate) use {error::CloudError, form::Form, signature::Credentials};

/// Everything that the sandbox serves.
pub(crate) const ENDPOINTS: &[Endpoint] = &[user::GET_TOKEN, message::PUBLISH_PRIVATE, message::PUBLISH_SYSTEM];

/// One call of the Server API: where it is asked for and what it does to the cloud.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) answer: fn(&Form, &mut Cloud, OffsetDateTime) -> Result<Value, CloudError>,
}

/// Lists the paths that the sandbox serves.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.path)
}

/// Tells whether the sandbox serves `path`.
pub(crate) fn serves(path: &str) -> bool {
    paths().any(|served| served == path)
}
