//! One call of the Server API.

use serde_json::Value;

use super::{CloudError, Form, Moment, Quota};
use crate::cloud::Cloud;

/// One call of the Server API: where it is asked for, how often it may be, and what it does to the cloud.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) quota: Quota,
    pub(crate) answer: fn(&Form, &mut Cloud, &Moment<'_>) -> Result<Value, CloudError>,
}

/// What most calls answer with.
pub(super) fn done() -> Value {
    serde_json::json!({ "code": 200 })
}
