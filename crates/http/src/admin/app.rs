//! The routes of the admin API.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ALLOW, HeaderValue},
    web::{self, ServiceConfig},
};
use hongbao_api::{
    admin::{ADMIN_METHODS, AdminEndpoint, Code, HttpMethod, statement::StatementTable},
    for_each_admin_method,
};

use super::{answer::Answer, csv, handle::handle, metrics};
use crate::docs::{self, Api};

pub(super) fn mount(config: &mut ServiceConfig) {
    macro_rules! serve {
        ($($endpoint:ty),* $(,)?) => {
            $(route::<$endpoint>(config);)*
        };
    }
    for_each_admin_method!(serve);
    config.route(StatementTable::PATH, web::get().to(csv::statement)).configure(metrics::mount);
    for resource in docs::resources(Api::Admin) {
        config.service(resource.default_service(web::to(read_only)));
    }
    config.default_service(web::to(elsewhere));
}

fn route<E: super::handle::ServeAdmin>(config: &mut ServiceConfig) {
    let route = match E::METHOD {
        HttpMethod::Get => web::get(),
        HttpMethod::Put => web::put(),
        HttpMethod::Post => web::post(),
        HttpMethod::Delete => web::delete(),
    };
    config.route(E::PATH, route.to(handle::<E>));
}

/// A path that is not there, or not with this method.
async fn elsewhere(request: HttpRequest) -> HttpResponse {
    let is_here = |pattern: &str| {
        let (mut asked, mut served) = (request.path().split('/'), pattern.split('/'));
        loop {
            match (asked.next(), served.next()) {
                (None, None) => return true,
                (Some(asked), Some(served)) if asked == served || (served.starts_with('{') && !asked.is_empty()) => {}
                (Some(_), Some(_) | None) | (None, Some(_)) => return false,
            }
        }
    };
    let endpoints = ADMIN_METHODS.iter().map(|method| (method.path, method.method));
    let endpoints = endpoints.chain([(metrics::PATH, HttpMethod::Get)]);
    let allowed: Vec<_> = endpoints.filter(|(path, _)| is_here(path)).map(|(_, method)| method.as_str()).collect();
    if allowed.is_empty() {
        return Answer::problem(Code::NotFound, "there is no such path").response();
    }
    method_not_allowed(&allowed.join(", "))
}

/// A path of the description, with a method that would change it.
async fn read_only() -> HttpResponse {
    method_not_allowed(docs::ALLOWED)
}

fn method_not_allowed(allowed: &str) -> HttpResponse {
    let mut response = Answer::problem(Code::MethodNotAllowed, "the path has no such method").response();
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
