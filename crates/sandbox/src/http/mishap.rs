//! What the caller sees of a fault.

mod body;

use std::future;

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType};

use super::{
    connection::cut,
    reply::{JSON, refuse},
};
use crate::{Code, api::CloudError, fault::Mishap};

/// What a gateway in between may answer: a success that is not the cloud's.
const GARBAGE: &str = "<html><body><h1>Welcome to the gateway</h1></body></html>\n";

/// Lets a request fail. Whether it was executed is the past by now.
pub(super) async fn suffer(mishap: Mishap, request: &HttpRequest) -> HttpResponse {
    match mishap {
        Mishap::Reject => refuse(request, &CloudError::OnDemand(Code::PARAMETER_ERROR)),
        Mishap::RateLimit => refuse(request, &CloudError::OnDemand(Code::RATE_LIMIT)),
        Mishap::ServerError(_) => refuse(request, &CloudError::OnDemand(Code::INTERNAL_ERROR)),
        Mishap::Code(code, _) => refuse(request, &CloudError::OnDemand(code)),
        Mishap::Timeout(_) => future::pending().await,
        Mishap::Reset(_) => {
            cut(request);
            future::pending().await
        }
        Mishap::Garbage(_) => HttpResponse::Ok().content_type(ContentType::html()).body(GARBAGE),
        Mishap::Drip(_) => HttpResponse::Ok().content_type(JSON).body(body::drip()),
        Mishap::Truncate(_) => HttpResponse::Ok().content_type(JSON).body(body::truncate(request.clone())),
    }
}
