//! Problems: why a request of the admin API was not answered with what it asked for, by RFC 9457.

use hongbao_domain::admin::RefusalCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Sentence;

/// What programs know a problem by: a refusal, or what any endpoint may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// What this endpoint refuses.
    Refused(RefusalCode),
    /// Something in the request cannot be read.
    InvalidRequest,
    /// There is no valid token.
    Unauthorized,
    /// The token is not good for this.
    Forbidden,
    /// There is no such path.
    NotFound,
    /// The path has no such method.
    MethodNotAllowed,
    /// The body is too long.
    BodyTooLarge,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The key was used for another request.
    IdempotencyMismatch,
    /// The first request with this key has not ended.
    IdempotencyInProgress,
    /// A defect of ours.
    Internal,
    /// The store cannot be reached, or the server stops.
    Unavailable,
}

impl Code {
    /// Those that any endpoint may meet.
    pub const COMMON: &[Self] = &[
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyMismatch,
        Self::IdempotencyInProgress,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Gives the stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused(code) => code.as_str(),
            Self::InvalidRequest => "invalid_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::IdempotencyMismatch => "idempotency_mismatch",
            Self::IdempotencyInProgress => "idempotency_in_progress",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// Gives the status of HTTP.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Refused(code) => status_of_refusal(code),
            Self::InvalidRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::IdempotencyInProgress => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyMismatch => 422,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// Gives what it means.
    pub const fn meaning(self) -> Sentence {
        let (english, chinese) = match self {
            Self::Refused(code) => meaning_of_refusal(code),
            Self::InvalidRequest => {
                ("Something in the request cannot be read; `detail` says what.", "请求无法识别，详情见detail。")
            }
            Self::Unauthorized => ("There is no valid token.", "没有有效的令牌。"),
            Self::Forbidden => ("The token is not good for this.", "令牌没有所需的权限。"),
            Self::NotFound => ("There is no such path.", "没有这个路径。"),
            Self::MethodNotAllowed => ("The path has no such method.", "该路径不支持此HTTP方法。"),
            Self::BodyTooLarge => ("The body is too long.", "请求体过大。"),
            Self::UnsupportedMediaType => ("The body is not JSON.", "请求体不是JSON。"),
            Self::IdempotencyMismatch => {
                ("The Idempotency-Key was used for another request.", "该Idempotency-Key已用于另一个请求。")
            }
            Self::IdempotencyInProgress => (
                "The first request with this Idempotency-Key has not ended.",
                "使用该Idempotency-Key的首个请求尚未结束。",
            ),
            Self::Internal => (
                "A defect of ours; the same request with the same key is safe.",
                "服务器内部错误，用同一键可以安全地重试。",
            ),
            Self::Unavailable => (
                "The store cannot be reached, or the server stops; the same request with the same key is safe.",
                "存储不可用或服务器正在停止，用同一键可以安全地重试。",
            ),
        };
        Sentence { english, chinese }
    }
}

const fn meaning_of_refusal(code: RefusalCode) -> (&'static str, &'static str) {
    match code {
        RefusalCode::UserNotFound => ("There is no such user.", "用户不存在。"),
        RefusalCode::UserDisabled => ("The user is disabled.", "用户已停用。"),
        RefusalCode::UserIdMalformed => {
            ("The id cannot be that of a user of this deployment.", "该ID不能作为本部署的用户ID。")
        }
        RefusalCode::SelfNotAllowed => ("A user cannot do that to oneself.", "不能对自己执行此操作。"),
        RefusalCode::SessionNotFound => ("There is no such session.", "登录会话不存在。"),
        RefusalCode::SessionKeyTaken => ("The key is a session of another user.", "该登录凭证属于另一个用户。"),
        RefusalCode::CoinNotFound => ("There is no such coin.", "币种不存在。"),
        RefusalCode::CoinScaleDiffers => {
            ("The coin is there with another scale, which never changes.", "该币种已有不同的小数位数，不可更改。")
        }
        RefusalCode::CoinLimitsMalformed => ("The limits contradict each other.", "限额相互矛盾。"),
        RefusalCode::AmountMalformed => ("The amount cannot be one of this coin.", "金额不符合该币种的要求。"),
        RefusalCode::AmountNotPositive => ("The amount is not more than 0.", "金额必须大于零。"),
        RefusalCode::ReferenceUsed => {
            ("The reference is the name of another movement.", "该参考号已用于另一笔资金变动。")
        }
        RefusalCode::BalanceTooLow => ("The account has less than that.", "余额不足。"),
        RefusalCode::BalanceTooHigh => ("No account can hold so much.", "超出账户余额上限。"),
        RefusalCode::PacketNotFound => ("There is no such packet.", "红包不存在。"),
        RefusalCode::PacketNotOpen => ("The packet has ended, or is being claimed.", "红包已结束，或正在被领取。"),
        RefusalCode::TokenNotFound => ("There is no such token.", "令牌不存在。"),
        RefusalCode::ScopeNotHeld => {
            ("The token is to be good for more than the one that makes it.", "新令牌的权限超出创建者的令牌。")
        }
        RefusalCode::WebhookNotFound => ("There is no such endpoint.", "端点不存在。"),
        RefusalCode::WebhookTargetRefused => ("The address may not be called.", "不允许调用该地址。"),
        RefusalCode::TooManyWebhooks => ("As many endpoints are enabled as may be.", "启用的端点已达上限。"),
        RefusalCode::WebhookEnabled => {
            ("The endpoint is enabled, or was until ten seconds ago.", "端点仍在启用，或停用不足十秒。")
        }
        RefusalCode::EventNotFound => ("There is no delivery of this event.", "没有该事件的通知。"),
        RefusalCode::AuditRunning => ("An audit runs already.", "审计正在进行。"),
        RefusalCode::ImCloud => ("The IM cloud refused it or does not answer.", "融云服务器拒绝或没有响应。"),
    }
}

const fn status_of_refusal(code: RefusalCode) -> u16 {
    match code {
        RefusalCode::ScopeNotHeld => 403,
        RefusalCode::UserNotFound
        | RefusalCode::SessionNotFound
        | RefusalCode::CoinNotFound
        | RefusalCode::PacketNotFound
        | RefusalCode::TokenNotFound
        | RefusalCode::WebhookNotFound
        | RefusalCode::EventNotFound => 404,
        RefusalCode::UserDisabled
        | RefusalCode::SessionKeyTaken
        | RefusalCode::CoinScaleDiffers
        | RefusalCode::ReferenceUsed
        | RefusalCode::BalanceTooLow
        | RefusalCode::BalanceTooHigh
        | RefusalCode::PacketNotOpen
        | RefusalCode::TooManyWebhooks
        | RefusalCode::WebhookEnabled
        | RefusalCode::AuditRunning => 409,
        RefusalCode::UserIdMalformed
        | RefusalCode::SelfNotAllowed
        | RefusalCode::CoinLimitsMalformed
        | RefusalCode::AmountMalformed
        | RefusalCode::AmountNotPositive
        | RefusalCode::WebhookTargetRefused => 422,
        RefusalCode::ImCloud => 502,
    }
}

/// A problem, as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` says more.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// What the status of HTTP means.
    #[schema(example = "Not Found")]
    pub title: String,
    /// The status of HTTP.
    #[schema(example = 404)]
    pub status: u16,
    /// The stable name of the problem.
    #[schema(example = "user_not_found")]
    pub code: String,
    /// One clear sentence, in English.
    #[schema(example = "there is no user alice")]
    pub detail: String,
}

impl Problem {
    /// Says what is wrong in one clear sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let status = code.http_status();
        Self {
            kind: "about:blank".to_owned(),
            title: title(status).to_owned(),
            status,
            code: code.as_str().to_owned(),
            detail: detail.into(),
        }
    }
}

/// The reason phrases of RFC 9110 for the statuses that our answers have.
pub(crate) const fn title(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_has_a_name_of_its_own_and_the_title_of_its_status() {
        let refusals = RefusalCode::ALL.iter().map(|code| Code::Refused(*code));
        let all: Vec<_> = Code::COMMON.iter().copied().chain(refusals).collect();
        let names: std::collections::BTreeSet<_> = all.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), all.len());
        for code in all {
            let problem = Problem::new(code, "");
            assert_eq!(problem.title == "Internal Server Error", problem.status == 500, "{problem:?}");
        }
    }
}
