//! The `data` of everything that is not status 0.

use std::borrow::Cow;

use hongbao_domain::im_cloud::CloudAnswer;
use serde::Serialize;

use crate::{Denial, Language, Refusal, red_packet::Accepted};

/// What went wrong, for programs by its code and for people by its detail.
#[derive(Serialize)]
pub(crate) struct FailureData<'denial> {
    code: &'static str,
    detail: Cow<'static, str>,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    im_cloud: Option<CloudData<'denial>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_id: Option<String>,
    /// Its fields stand beside the code.
    #[serde(flatten)]
    receipt: Option<Accepted>,
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
        let parameter = denial.parameter();
        Self {
            code: denial.code(),
            detail: denial.sentence().say(language, parameter),
            retryable: denial.is_retryable(),
            parameter,
            im_cloud: denial.im_cloud().map(CloudData::from),
            transfer_id: denial.transfer_id().map(|id| id.to_string()),
            receipt: denial.refusal().and_then(R::receipt).map(Accepted::from),
        }
    }
}
