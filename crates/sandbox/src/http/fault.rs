//! What the caller sees of a fault.

mod body;

use std::future;

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType};

use super::{
    connection::cut,
    reply::{JSON, refuse},
};
use crate::{Code, api::CloudError, fault::InjectedFault};

/// What a gateway in between may answer: a success that is not the cloud's.
const GARBAGE: &str = "<html><body><h1>Welcome to the gateway</h1></body></html>\n";

/// Lets a request fail. Whether it was executed is the past by now.
pub(super) async fn apply(fault: InjectedFault, request: &HttpRequest) -> HttpResponse {
    match fault {
        InjectedFault::Reject => refuse(request, &CloudError::OnDemand(Code::PARAMETER_ERROR)),
        InjectedFault::RateLimit => refuse(request, &CloudError::OnDemand(Code::RATE_LIMIT)),
        InjectedFault::ServerError(_) => refuse(request, &CloudError::OnDemand(Code::INTERNAL_ERROR)),
        InjectedFault::Code(code, _) => refuse(request, &CloudError::OnDemand(code)),
        InjectedFault::Timeout(_) => future::pending().await,
        InjectedFault::Reset(_) => {
            cut(request);
            future::pending().await
        }
        InjectedFault::Garbage(_) => HttpResponse::Ok().content_type(ContentType::html()).body(GARBAGE),
        InjectedFault::Drip(_) => HttpResponse::Ok().content_type(JSON).body(body::drip()),
        InjectedFault::Truncate(_) => HttpResponse::Ok().content_type(JSON).body(body::truncate(request.clone())),
    }
}
