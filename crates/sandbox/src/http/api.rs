//! The cloud's Server API on the wire.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{ContentType, HeaderValue},
    },
    web::{self, Bytes, Data, ServiceConfig},
};
use serde_json::Value;
use tracing::debug;

use super::{
    connection::Connection,
    fault,
    reply::{json, refuse},
};
use crate::{
    Sandbox, When,
    api::{self, CloudError, Credentials, Endpoint},
    traffic::Received,
};

/// Serves each documented endpoint, and the cloud's own answer to any other path.
pub(super) fn configure(config: &mut ServiceConfig) {
    for endpoint in api::documented() {
        let answer = move |request, body, sandbox| answer(endpoint, request, body, sandbox);
        config.service(
            web::resource(endpoint.path).route(web::post().to(answer)).default_service(web::to(method_not_allowed)),
        );
    }
    config.default_service(web::to(not_a_valid_api));
}

/// A fault uses itself up on any POST to its path, even a badly signed one: it plays the network as much as the cloud.
async fn answer(
    endpoint: &'static Endpoint,
    request: HttpRequest,
    body: Bytes,
    sandbox: Data<Sandbox>,
) -> HttpResponse {
    record(&request, &body, &sandbox);
    let Some(fault) = sandbox.inject(endpoint.path) else {
        let outcome = sandbox.execute(endpoint, &credentials(&request), &body);
        return reply(&request, outcome);
    };
    debug!("{} suffers {fault:?}", endpoint.path);
    match fault.when() {
        When::Before => {}
        When::After => drop(sandbox.execute(endpoint, &credentials(&request), &body)),
        When::Later => sandbox.postpone(endpoint, &credentials(&request), body),
    }
    fault::apply(fault, &request).await
}

async fn method_not_allowed(request: HttpRequest, body: Bytes, sandbox: Data<Sandbox>) -> HttpResponse {
    record(&request, &body, &sandbox);
    refuse(&request, &CloudError::MethodNotAllowed)
}

async fn not_a_valid_api(request: HttpRequest, body: Bytes, sandbox: Data<Sandbox>) -> HttpResponse {
    record(&request, &body, &sandbox);
    HttpResponse::NotFound().content_type(ContentType::plaintext()).body("Not a valid API")
}

/// A request that is too long to be read is not recorded.
fn record(request: &HttpRequest, body: &Bytes, sandbox: &Sandbox) {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    sandbox.record(Received {
        connection: request.conn_data::<Connection>().map_or(0, Connection::number),
        method: request.method().to_string(),
        path: request.path().to_owned(),
        headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: body.clone(),
    });
}

fn reply(request: &HttpRequest, outcome: Result<Value, CloudError>) -> HttpResponse {
    match outcome {
        Ok(body) => {
            debug!("{} is done", request.path());
            json(StatusCode::OK, &body)
        }
        Err(error) => {
            debug!("{} is refused: {error}", request.path());
            refuse(request, &error)
        }
    }
}

fn credentials(request: &HttpRequest) -> Credentials<'_> {
    Credentials {
        app_key: header(request, ["App-Key", "RC-App-Key"]),
        nonce: header(request, ["Nonce", "RC-Nonce"]),
        timestamp: header(request, ["Timestamp", "RC-Timestamp"]),
        signature: header(request, ["Signature", "RC-Signature"]),
    }
}

/// Each header has a second name with `RC-`, for platforms that strip headers they do not know.
fn header<'a>(request: &'a HttpRequest, names: [&str; 2]) -> Option<&'a str> {
    let headers = request.headers();
    let value = names.iter().find_map(|name| headers.get(*name))?;
    value.to_str().ok()
}
