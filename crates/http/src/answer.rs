//! Envelopes as HTTP responses.

use std::{borrow::Cow, convert::Infallible};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{ACCEPT_LANGUAGE, RETRY_AFTER},
    },
};
use hongbao_api::{CloudCodes, Denial, Invalid, Language, Rendered};

pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// What the access log says of an answer.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    /// The contract's number.
    pub(crate) status: u16,
    /// The stable name of the cause; `None` for status 0.
    pub(crate) code: Option<&'static str>,
    /// What the IM cloud answered, where it did.
    pub(crate) im_cloud: Option<CloudCodes>,
}

/// What the access log says of an answer to an administrator that is a problem: the stable name of the cause.
#[derive(Clone)]
pub(crate) struct ProblemCode(pub(crate) Cow<'static, str>);

/// Puts an envelope into a response, and its outcome where the access log finds it.
pub(crate) fn rendered(request: &HttpRequest, rendered: Rendered) -> HttpResponse {
    let Rendered { status, code, im_cloud, .. } = rendered;
    request.extensions_mut().insert(Outcome { status, code, im_cloud });
    let http_status = StatusCode::from_u16(rendered.http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(http_status);
    builder.content_type(JSON);
    if let Some(seconds) = rendered.retry_after_s {
        builder.insert_header((RETRY_AFTER, seconds));
    }
    builder.body(rendered.json)
}

/// Answers a request that reaches no endpoint.
pub(crate) fn invalid(request: &HttpRequest, invalid: Invalid) -> HttpResponse {
    let denial: Denial<Infallible> = Denial::Invalid(invalid);
    rendered(request, denial.render(language(request)))
}

/// Gives the language that the caller asks for.
pub(crate) fn language(request: &HttpRequest) -> Language {
    let values = request.headers().get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    Language::negotiate(&values.collect::<Vec<_>>().join(","))
}
