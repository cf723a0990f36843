//! Answers of the admin API as HTTP responses.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use hongbao_api::admin::{Code, Problem};
use hongbao_domain::admin::AdminRefusal;
use hongbao_ports::{Chain, Failure, Fault, FaultKind};
use serde_json::Value;
use tracing::{error, warn};

use crate::answer::ProblemCode;

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn problem(code: Code, detail: impl Into<String>) -> Self {
        let problem = Problem::new(code, detail);
        Self { status: problem.status, body: serde_json::to_value(problem).expect("a problem is made of texts") }
    }

    pub(super) fn response(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if status.is_success() {
            response.content_type(crate::answer::JSON);
        } else {
            response.content_type("application/problem+json");
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        let code = self.body["code"].as_str();
        if status == StatusCode::SERVICE_UNAVAILABLE || code == Some(Code::IdempotencyInProgress.as_str()) {
            response.insert_header((RETRY_AFTER, "1"));
        }
        let mut response = response.body(self.body.to_string());
        if let Some(code) = code.filter(|_| !status.is_success()) {
            response.extensions_mut().insert(ProblemCode(code.to_owned().into()));
        }
        response
    }
}

impl From<Failure<AdminRefusal>> for Answer {
    fn from(failure: Failure<AdminRefusal>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::problem(Code::Refused(refusal.code), refusal.sentence),
            Failure::Fault(fault) => fault.into(),
        }
    }
}

/// Logs a fault with its whole chain, here and nowhere else.
impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        let chain = Chain(&fault);
        match fault.kind() {
            FaultKind::Internal => {
                error!(fault.kind = "internal", "a request of an administrator broke: {chain}");
                Self::problem(Code::Internal, "the server failed; the same request with the same key is safe")
            }
            FaultKind::Unavailable => {
                warn!(fault.kind = "unavailable", "a request of an administrator was turned away: {chain}");
                Self::problem(
                    Code::Unavailable,
                    "the store is busy or out of reach; the same request with the same key is safe",
                )
            }
            FaultKind::Unresolved => {
                warn!(fault.kind = "unresolved", "the outcome of a request of an administrator is open: {chain}");
                Self::problem(Code::Unavailable, "it may be done or not; the same request with the same key makes sure")
            }
        }
    }
}
