//! `/admin/v1/log`: who did what.

use hongbao_domain::{
    admin::{Operation, OperationState, RefusalCode, Scope},
    id::{AdminTokenId, OperationId, RequestKey},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Limit, Moment, Place, Text};
use crate::Sentence;

/// Reads the log.
#[derive(Debug)]
pub struct ReadLog;

/// Which part of the log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadLogRequest {
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,18}-([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub cursor: Option<Place<OperationId>>,
    /// How many lines at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// One thing that an administrator asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OperationData {
    /// Its id.
    #[schema(value_type = String)]
    pub operation_id: Text<OperationId>,
    /// With which token.
    #[schema(value_type = String)]
    pub token_id: Text<AdminTokenId>,
    /// The name of the request, as in its answer's `X-Request-Id` and in the server's log.
    pub request_id: String,
    /// What was asked for.
    #[schema(example = "PUT /admin/v1/users/alice")]
    pub asked: String,
    /// What the body said, without secrets.
    pub body: serde_json::Value,
    /// The caller's key.
    #[schema(required, value_type = Option<String>)]
    pub idempotency_key: Option<Text<RequestKey>>,
    /// The status of HTTP that it was answered with; null while it runs, or if its server died before it was answered.
    #[schema(required)]
    pub status: Option<u16>,
    /// What it was answered, without secrets; null while there is no answer.
    pub answer: serde_json::Value,
    /// When it was first asked for.
    #[schema(inline)]
    pub at: Moment,
}

/// Some lines of the log, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogData {
    /// The lines.
    pub operations: Vec<OperationData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, value_type = Option<String>)]
    pub next: Option<Place<OperationId>>,
}

impl From<&Operation> for OperationData {
    fn from(operation: &Operation) -> Self {
        let (status, answer) = match &operation.state {
            OperationState::Running { .. } => (None, None),
            OperationState::Ended { status, answer } => (Some(*status), shown(answer)),
        };
        Self {
            operation_id: Text(operation.id),
            token_id: Text(operation.token),
            request_id: operation.request_id.clone(),
            asked: operation.asked.clone(),
            body: serde_json::from_str(&operation.body).unwrap_or_default(),
            idempotency_key: operation.key.map(Text),
            status,
            answer: answer.unwrap_or_default(),
            at: Moment(operation.began_at),
        }
    }
}

/// The longest answer that is shown, in bytes. A longer one is shown as its length, like a body.
const SHOWN_BYTES: usize = 8 << 10;

fn shown(answer: &str) -> Option<serde_json::Value> {
    if answer.len() > SHOWN_BYTES {
        return Some(serde_json::json!({ "bytes": answer.len() }));
    }
    // It was written by this program.
    serde_json::from_str(answer).ok()
}

impl AdminEndpoint for ReadLog {
    const NAME: &'static str = "log";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/log";
    const SUMMARY: Sentence = Sentence {
        english: "Reads who did what, the newest first.",
        chinese: "查看操作日志，最新的在前。",
    };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[];

    type Request = ReadLogRequest;
    type Data = LogData;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_shown_by_its_length() {
        let of = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
        assert_eq!(shown(&of(SHOWN_BYTES)), serde_json::from_str(&of(SHOWN_BYTES)).ok());
        assert_eq!(shown(&of(SHOWN_BYTES + 1)), Some(serde_json::json!({ "bytes": SHOWN_BYTES + 1 })));
    }
}
