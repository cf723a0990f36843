//! The control API: JSON, unsigned, on the same port. It is the sandbox's own and no part of the cloud.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::ContentType},
    web::{self, Bytes, Data, Query, ServiceConfig},
};
use serde::Deserialize;
use serde_json::json;

use crate::{Fault, Sandbox, api};

const MANUAL: &str = r#"This is a sandbox: a local stand-in for the Server API of RongCloud. Nothing leaves this machine.

Look into it and make it fail (JSON, no signature):
  GET    /sandbox/messages?userId=bob   the messages in bob's inbox, oldest first
  GET    /sandbox/faults                the faults that are still armed
  POST   /sandbox/faults                arm one: {"path": "/user/getToken.json", "fault": "timeout", "when": "after", "times": 1}
                                        fault: reject, rate_limit, server_error, timeout, reset, garbage
                                        when:  before (not executed), after (executed, then failed; not for reject, rate_limit)
  DELETE /sandbox/faults                disarm all

Served of the Server API (POST, signed):
"#;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::resource(["/", "/sandbox"]).route(web::get().to(manual)).default_service(web::to(method_not_allowed)),
        )
        .service(
            web::resource("/sandbox/messages")
                .route(web::get().to(messages))
                .default_service(web::to(method_not_allowed)),
        )
        .service(
            web::resource("/sandbox/faults")
                .route(web::get().to(armed))
                .route(web::post().to(arm))
                .route(web::delete().to(clear))
                .default_service(web::to(method_not_allowed)),
        );
}

async fn manual() -> HttpResponse {
    let served: String = api::paths().flat_map(|path| ["  ", path, "\n"]).collect();
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(format!("{MANUAL}{served}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbox {
    #[serde(rename = "userId")]
    user_id: String,
}

async fn messages(request: HttpRequest, sandbox: Data<Sandbox>) -> HttpResponse {
    match Query::<Inbox>::from_query(request.query_string()) {
        Ok(inbox) => HttpResponse::Ok().json(sandbox.messages(&inbox.user_id)),
        Err(error) => complain(StatusCode::BAD_REQUEST, &error),
    }
}

async fn armed(sandbox: Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(sandbox.faults())
}

/// Answers with the fault as it was understood. The content type is not asked for, so that a bare `curl -d` works.
async fn arm(body: Bytes, sandbox: Data<Sandbox>) -> HttpResponse {
    match serde_json::from_slice::<Fault>(&body) {
        Ok(fault) => {
            sandbox.arm(fault.clone());
            HttpResponse::Ok().json(fault)
        }
        Err(error) => complain(StatusCode::BAD_REQUEST, &error),
    }
}

async fn clear(sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.clear_faults();
    HttpResponse::NoContent().finish()
}

async fn method_not_allowed() -> HttpResponse {
    complain(StatusCode::METHOD_NOT_ALLOWED, &"method not allowed")
}

fn complain(status: StatusCode, error: &impl ToString) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": error.to_string() }))
}
