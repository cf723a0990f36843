//! Everything that is not status 0.

use hongbao_domain::id::TransferId;

use crate::{Extra, Invalid, Refusal, Sentence};

/// After how many seconds a caller should ask again where no more is known.
const RETRY_AFTER_S: u32 = 1;

/// How our own machinery failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// A defect of ours.
    Internal,
    /// Something cannot be reached; nothing was begun.
    Unavailable,
    /// Something broke after the beginning; the caller does not know what has happened.
    Unresolved,
}

/// What a caller asks too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// The user has as many requests in flight as one user may have.
    InFlight,
    /// The session, or the address of a caller without one, has asked too often.
    Rate {
        /// In how many seconds it may ask again.
        retry_after_s: u32,
    },
}

/// Why a request was not done: the endpoint's own refusals, and what every endpoint may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial<R> {
    /// The business says no.
    Refused(R),
    /// The session is missing, unknown, expired or revoked, or its user disabled.
    NotLoggedIn,
    /// The request is not one of this contract.
    Invalid(Invalid),
    /// The caller asks too much; nothing was begun.
    RateLimited(RateLimit),
    /// The key was used for another request; nothing was begun.
    KeyMismatch,
    /// The request with the key has not ended, or is in other hands by now: a repeat tells what has happened.
    KeyInProgress,
    /// The machinery broke.
    Failed {
        /// What is known of it.
        kind: FailureKind,
        /// The packet that the caller may ask about, where one was begun.
        transfer_id: Option<TransferId>,
        /// Whether the request has a key, so that a repeat tells what has happened and does nothing twice.
        has_key: bool,
    },
}

impl<R> From<Invalid> for Denial<R> {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl<R> Denial<R> {
    /// Gives what our own machinery failed in. It is not known whether the request has a key.
    pub const fn failed(kind: FailureKind, transfer_id: Option<TransferId>) -> Self {
        Self::Failed { kind, transfer_id, has_key: false }
    }

    /// Says that the request has a key, so that it may be repeated.
    #[must_use]
    pub fn under_key(self) -> Self {
        match self {
            Self::Failed { kind, transfer_id, .. } => Self::Failed { kind, transfer_id, has_key: true },
            Self::Refused(_)
            | Self::NotLoggedIn
            | Self::Invalid(_)
            | Self::RateLimited(_)
            | Self::KeyMismatch
            | Self::KeyInProgress => self,
        }
    }
}

impl<R: Refusal> Denial<R> {
    /// Gives the contract's number.
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::NotLoggedIn => 2,
            Self::Invalid(_) => 100,
            Self::KeyMismatch => 101,
            Self::KeyInProgress => 102,
            Self::RateLimited(_) => 103,
            Self::Failed { kind: FailureKind::Internal, .. } => 120,
            Self::Failed { kind: FailureKind::Unavailable | FailureKind::Unresolved, .. } => 121,
        }
    }

    /// Gives the HTTP status. What the business has to say is HTTP 200.
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Refused(_) | Self::NotLoggedIn => 200,
            Self::Invalid(invalid) => invalid.http_status(),
            Self::KeyMismatch => 422,
            Self::KeyInProgress => 409,
            Self::RateLimited(_) => 429,
            Self::Failed { kind: FailureKind::Internal, .. } => 500,
            Self::Failed { kind: FailureKind::Unavailable | FailureKind::Unresolved, .. } => 503,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NotLoggedIn => "not_logged_in",
            Self::Invalid(_) => "invalid_request",
            Self::KeyMismatch => "idempotency_mismatch",
            Self::KeyInProgress => "idempotency_in_progress",
            Self::RateLimited(_) => "rate_limited",
            Self::Failed { kind: FailureKind::Internal, .. } => "internal",
            Self::Failed { kind: FailureKind::Unavailable | FailureKind::Unresolved, .. } => "unavailable",
        }
    }

    /// Gives the sentence that explains it.
    pub(crate) fn sentence(&self) -> Sentence {
        match self {
            Self::Refused(refusal) => refusal.sentence(),
            Self::NotLoggedIn => Sentence { english: "You are not logged in.", chinese: "未登录。" },
            Self::Invalid(invalid) => invalid.sentence(),
            Self::KeyMismatch => Sentence {
                english: "This Idempotency-Key was used for another request.",
                chinese: "该Idempotency-Key已用于另一个请求。",
            },
            Self::KeyInProgress => Sentence {
                english: "The first request with this Idempotency-Key has not ended; please repeat in a moment.",
                chinese: "使用该Idempotency-Key的首个请求尚未结束，请稍后重试。",
            },
            Self::RateLimited(RateLimit::InFlight) => Sentence {
                english: "You have too many requests under way; nothing was begun, so please try again in a moment.",
                chinese: "您同时进行的请求过多，本次尚未开始处理，请稍后重试。",
            },
            Self::RateLimited(RateLimit::Rate { .. }) => Sentence {
                english: "Too many requests came in a short time; nothing was begun, so please try again after Retry-After.",
                chinese: "短时间内请求过多，本次尚未开始处理，请在Retry-After之后重试。",
            },
            Self::Failed { kind: FailureKind::Internal, .. } => {
                Sentence { english: "Something went wrong on our side.", chinese: "服务器内部错误。" }
            }
            Self::Failed { kind: FailureKind::Unavailable, .. } => Sentence {
                english: "The service is not available; nothing was begun, so please try again.",
                chinese: "服务暂时不可用，尚未开始处理，请重试。",
            },
            Self::Failed { kind: FailureKind::Unresolved, has_key: true, .. } => Sentence {
                english: "The outcome is not known yet; a repeat with the same Idempotency-Key tells it.",
                chinese: "结果尚不确定，请使用相同的Idempotency-Key重试以获知结果。",
            },
            Self::Failed { kind: FailureKind::Unresolved, has_key: false, .. } => Sentence {
                english: "The outcome is not known yet; please look before you try again.",
                chinese: "结果尚不确定，请先查询再重试。",
            },
        }
    }

    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_retryable(),
            Self::RateLimited(_) | Self::KeyInProgress | Self::Failed { kind: FailureKind::Unavailable, .. } => true,
            Self::Failed { kind: FailureKind::Internal | FailureKind::Unresolved, has_key, .. } => *has_key,
            Self::NotLoggedIn | Self::Invalid(_) | Self::KeyMismatch => false,
        }
    }

    /// Gives after how many seconds the caller should ask again, where that makes sense.
    pub(crate) fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::RateLimited(RateLimit::Rate { retry_after_s }) => Some(*retry_after_s),
            Self::RateLimited(RateLimit::InFlight)
            | Self::KeyInProgress
            | Self::Failed { kind: FailureKind::Unavailable | FailureKind::Unresolved, .. } => Some(RETRY_AFTER_S),
            Self::Refused(_)
            | Self::NotLoggedIn
            | Self::Invalid(_)
            | Self::KeyMismatch
            | Self::Failed { kind: FailureKind::Internal, .. } => None,
        }
    }

    /// Gives what the answer carries besides.
    pub(crate) fn extra(&self) -> Extra<'_> {
        match self {
            Self::Refused(refusal) => refusal.extra(),
            Self::Invalid(invalid) => invalid.parameter().map_or(Extra::Nothing, Extra::Parameter),
            Self::Failed { transfer_id, .. } => transfer_id.map_or(Extra::Nothing, Extra::Packet),
            Self::NotLoggedIn | Self::RateLimited(_) | Self::KeyMismatch | Self::KeyInProgress => Extra::Nothing,
        }
    }
}
