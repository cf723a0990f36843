//! The steps of every request: decode, session, form, use case, envelope.

use std::panic::AssertUnwindSafe;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, Resource,
    http::header::{ALLOW, HeaderValue},
    web::{self, Data, Payload},
};
use futures_util::FutureExt;
use hongbao_api::{Denial, Endpoint, Invalid, Reply};
use hongbao_domain::id::UserId;
use hongbao_ports::Failure;

use crate::{Settings, Shared, answer, broken, decode, session};

/// Serves an endpoint by a use case: at its path, for its HTTP methods, with the envelope for all others.
pub(crate) fn resource<E, F, Fut>(perform: F) -> Resource
where
    E: Endpoint + 'static,
    F: Fn(Shared, UserId, E::Request) -> Fut + Copy + 'static,
    Fut: Future<Output = Result<E::Data, Failure<E::Refusal>>> + 'static,
{
    let handler =
        move |request, payload, shared, settings| handle::<E, F, Fut>(request, payload, shared, settings, perform);
    let mut resource = web::resource(E::PATH).route(web::post().to(handler));
    if E::READ {
        resource = resource.route(web::get().to(handler));
    }
    resource.default_service(web::to(method_not_allowed::<E>))
}

async fn method_not_allowed<E: Endpoint>(request: HttpRequest) -> HttpResponse {
    let mut response = answer::invalid(&request, Invalid::MethodNotAllowed);
    let allowed = if E::READ { "GET, POST" } else { "POST" };
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Answers, whatever happens: a panic is a defect of ours that ends with its own request.
async fn handle<E, F, Fut>(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    settings: Data<Settings>,
    perform: F,
) -> HttpResponse
where
    E: Endpoint,
    F: Fn(Shared, UserId, E::Request) -> Fut,
    Fut: Future<Output = Result<E::Data, Failure<E::Refusal>>>,
{
    let attempt = attempt::<E, F, Fut>(&request, payload, &shared, &settings, perform);
    let outcome = AssertUnwindSafe(attempt).catch_unwind().await;
    let reply = Reply::<E>::from(outcome.unwrap_or_else(|panic| Err(broken::from_panic(panic.as_ref()))));
    answer::rendered(&request, reply.render(answer::language(&request)))
}

async fn attempt<E, F, Fut>(
    request: &HttpRequest,
    payload: Payload,
    shared: &Shared,
    settings: &Settings,
    perform: F,
) -> Result<E::Data, Denial<E::Refusal>>
where
    E: Endpoint,
    F: Fn(Shared, UserId, E::Request) -> Fut,
    Fut: Future<Output = Result<E::Data, Failure<E::Refusal>>>,
{
    let fields = decode::fields(request, payload, E::BODY_LIMIT_BYTES, settings.body_timeout).await?;
    let user = session::user(shared.sessions.as_ref(), settings.session_timeout, request, &fields).await?;
    request.extensions_mut().insert(user);
    let asked = E::read_within(settings.id_alphabet, &fields)?;
    perform(shared.clone(), user, asked).await.map_err(broken::denial)
}
