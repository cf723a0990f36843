//! What the caller and the log are told of our own failures.

use std::any::Any;

use hongbao_api::{Denial, FailureKind, Refusal};
use hongbao_domain::store::RequestRefusal;
use hongbao_ports::{Chain, Failure, Fault, FaultKind};
use tracing::{error, warn};

/// Turns a failed use case into what the caller is told.
pub(crate) fn denial<R: Refusal>(failure: Failure<R>) -> Denial<R> {
    match failure {
        Failure::Refused(refusal) => refusal.invalid().map_or(Denial::Refused(refusal), Denial::Invalid),
        Failure::Fault(fault) => from_fault(&fault),
    }
}

/// Logs a fault with its whole chain, here and nowhere else. The caller is told only what is known of the effect.
pub(crate) fn from_fault<R>(fault: &Fault) -> Denial<R> {
    match fault.request() {
        Some(RequestRefusal::Mismatch) => return Denial::KeyMismatch,
        Some(RequestRefusal::InProgress | RequestRefusal::Lapsed(_) | RequestRefusal::Answered(_)) => {
            return Denial::KeyInProgress;
        }
        None => {}
    }
    let chain = Chain(fault);
    let kind = match fault.kind() {
        FaultKind::Internal => {
            error!(fault.kind = "internal", "a request broke: {chain}");
            FailureKind::Internal
        }
        FaultKind::Unavailable => {
            warn!(fault.kind = "unavailable", "a request was turned away: {chain}");
            FailureKind::Unavailable
        }
        FaultKind::Unresolved => {
            warn!(fault.kind = "unresolved", "the outcome of a request is open: {chain}");
            FailureKind::Unresolved
        }
    };
    Denial::failed(kind, fault.packet())
}

/// Logs a panic of a handler, which is a defect of ours.
pub(crate) fn from_panic<R>(panic: &(dyn Any + Send)) -> Denial<R> {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    error!(fault.kind = "panic", "a handler panicked: {}", text.unwrap_or("not with a text"));
    Denial::failed(FailureKind::Internal, None)
}
