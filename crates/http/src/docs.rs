//! `/openapi.json` and `/docs`: the description of what a listener serves, for programs and for people. It needs no session and
//! no token.
//!
//! The page is embedded, and asks for nothing but its own files and the document beside it.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, Resource,
    http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY},
    web::{self, Bytes},
};
use hongbao_api::openapi;

use crate::answer;

/// What is described.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Api {
    /// `im/*`.
    Im,
    /// The admin API.
    Admin,
}

/// The HTTP methods that all of it is served for.
pub(crate) const ALLOWED: &str = "GET, HEAD";

/// Nothing but the files beside the page, and no other page around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

const VERSION: &str = env!("CARGO_PKG_VERSION");

static IM: LazyLock<Bytes> = LazyLock::new(|| openapi::im(VERSION).to_string().into());
static ADMIN: LazyLock<Bytes> = LazyLock::new(|| openapi::admin(VERSION).to_string().into());

/// Serves the document and the page. What is to be answered to other HTTP methods is for the caller to add.
pub(crate) fn resources(api: Api) -> [Resource; 4] {
    let document = match api {
        Api::Im => IM.clone(),
        Api::Admin => ADMIN.clone(),
    };
    [
        file("/openapi.json", answer::JSON, document),
        file("/docs", "text/html; charset=utf-8", Bytes::from_static(include_bytes!("docs/page.html"))),
        file("/docs/page.js", "text/javascript; charset=utf-8", Bytes::from_static(include_bytes!("docs/page.js"))),
        file("/docs/page.css", "text/css; charset=utf-8", Bytes::from_static(include_bytes!("docs/page.css"))),
    ]
}

fn file(path: &'static str, media_type: &'static str, content: Bytes) -> Resource {
    let give = move || {
        let content = content.clone();
        async move {
            HttpResponse::Ok()
                .content_type(media_type)
                .insert_header((CONTENT_SECURITY_POLICY, POLICY))
                .insert_header((REFERRER_POLICY, "no-referrer"))
                .body(content)
        }
    };
    web::resource(path).route(web::get().to(give.clone())).route(web::head().to(give))
}
