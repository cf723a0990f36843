//! `GET /`: where the API is and what describes it, for a person who has found the server.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ALLOW, HeaderValue},
    web::{self, ServiceConfig},
};
use hongbao_api::Invalid;
use serde::Serialize;

use crate::{
    answer,
    docs::{self, Api},
};

#[derive(Serialize)]
struct Root {
    service: &'static str,
    version: &'static str,
    /// What the path of each method begins with.
    api: &'static str,
    /// The pages that describe it, in the project's folder.
    documentation: [&'static str; 2],
    /// The page and the document that this server has.
    docs: &'static str,
    openapi: &'static str,
    live: &'static str,
    ready: &'static str,
}

const ROOT: Root = Root {
    service: "hongbao",
    version: env!("CARGO_PKG_VERSION"),
    api: "/im/",
    documentation: ["docs/api.md", "docs/api.zh.md"],
    docs: "/docs",
    openapi: "/openapi.json",
    live: "/livez",
    ready: "/readyz",
};

pub(crate) fn mount(config: &mut ServiceConfig) {
    config.service(
        web::resource("/")
            .route(web::get().to(root))
            .route(web::head().to(root))
            .default_service(web::to(method_not_allowed)),
    );
    for resource in docs::resources(Api::Im) {
        config.service(resource.default_service(web::to(method_not_allowed)));
    }
}

async fn root() -> HttpResponse {
    HttpResponse::Ok().content_type(answer::JSON).json(ROOT)
}

async fn method_not_allowed(request: HttpRequest) -> HttpResponse {
    let mut response = answer::invalid(&request, Invalid::MethodNotAllowed);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(docs::ALLOWED));
    response
}
