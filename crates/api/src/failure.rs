//! The `data` of everything that is not status 0.

use std::borrow::Cow;

use hongbao_domain::im_cloud::CloudAnswer;
use serde::Serialize;

use crate::{Denial, Extra, Language, Refusal, red_packet::Accepted};

/// What went wrong, for programs by its code and for people by its detail.
#[derive(Serialize)]
pub(crate) struct FailureData<'denial> {
    code: &'static str,
    detail: Cow<'static, str>,
    retryable: bool,
    /// Its fields stand beside the code.
    #[serde(flatten)]
    extra: Option<ExtraData<'denial>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ExtraData<'denial> {
    Parameter { parameter: &'static str },
    ImCloud { im_cloud: CloudData<'denial> },
    Receipt(Accepted),
    Packet { transfer_id: String },
}

impl<'denial> ExtraData<'denial> {
    fn of(extra: Extra<'denial>) -> Option<Self> {
        Some(match extra {
            Extra::Nothing => return None,
            Extra::Parameter(parameter) => Self::Parameter { parameter },
            Extra::ImCloud(refusal) => Self::ImCloud { im_cloud: refusal.answer()?.into() },
            Extra::Receipt(receipt) => Self::Receipt(receipt.into()),
            Extra::Packet(id) => Self::Packet { transfer_id: id.to_string() },
        })
    }
}

/// What the IM cloud said. Contract: 详情查看data.
#[derive(Serialize)]
struct CloudData<'denial> {
    http_status: u16,
    code: Option<i64>,
    message: &'denial str,
}

impl<'denial> From<&'denial CloudAnswer> for CloudData<'denial> {
    fn from(answer: &'denial CloudAnswer) -> Self {
        Self { http_status: answer.http_status, code: answer.code, message: &answer.message }
    }
}

impl<'denial> FailureData<'denial> {
    pub(crate) fn new<R: Refusal>(denial: &'denial Denial<R>, language: Language) -> Self {
        let extra = denial.extra();
        let parameter = if let Extra::Parameter(name) = extra { Some(name) } else { None };
        Self {
            code: denial.code(),
            detail: denial.sentence().say(language, parameter),
            retryable: denial.is_retryable(),
            extra: ExtraData::of(extra),
        }
    }
}
