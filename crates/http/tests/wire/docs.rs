//! The page about the API: what it asks for and what may be around it.

use actix_web::{
    http::{Method, header::HeaderMap},
    test::{TestRequest, call_service, init_service},
};
use hongbao_http::{Settings, app};

use crate::support::Given;

const PAGE: [(&str, &str); 3] = [
    ("/docs", include_str!("../../src/docs/page.html")),
    ("/docs/page.js", include_str!("../../src/docs/page.js")),
    ("/docs/page.css", include_str!("../../src/docs/page.css")),
];

#[test]
fn no_file_of_the_page_names_another_host() {
    for (path, text) in PAGE {
        for foreign in ["http:", "https:", "\"//", "'//", "`//", " url(", ":url(", "@import", "import(", "WebSocket"] {
            assert!(!text.contains(foreign), "{path} has {foreign}");
        }
    }
}

#[test]
fn the_script_makes_no_markup_out_of_text() {
    for dangerous in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("] {
        assert!(PAGE.iter().all(|(_, text)| !text.contains(dangerous)), "{dangerous}");
    }
}

/// Gives the HTTP status and the headers of an answer.
async fn asked(method: Method, path: &str) -> (u16, HeaderMap) {
    let service = init_service(app(Given::default().shared(), Settings::default())).await;
    let response = call_service(&service, TestRequest::default().method(method).uri(path).to_request()).await;
    (response.status().as_u16(), response.headers().clone())
}

#[track_caller]
fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> &'headers str {
    headers.get(name).and_then(|value| value.to_str().ok()).expect("the answer has the header")
}

#[actix_web::test]
async fn a_browser_lets_the_page_ask_its_own_server_only() {
    for path in ["/docs", "/docs/page.js", "/docs/page.css", "/openapi.json"] {
        let (status, headers) = asked(Method::GET, path).await;
        assert_eq!(status, 200, "{path}");
        let policy = text(&headers, "content-security-policy");
        let mut rules = policy.split("; ");
        assert_eq!(rules.next(), Some("default-src 'none'"), "{path}");
        assert!(rules.all(|rule| rule.ends_with(" 'self'") || rule.ends_with(" 'none'")), "{path}: {policy}");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff");
    }
}

#[actix_web::test]
async fn the_page_and_the_document_are_read_only() {
    for path in ["/docs", "/openapi.json"] {
        assert_eq!(asked(Method::HEAD, path).await.0, 200, "{path}");
        let (status, headers) = asked(Method::POST, path).await;
        assert_eq!((status, text(&headers, "allow")), (405, "GET, HEAD"), "{path}");
    }
}
