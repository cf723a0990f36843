//! The steps of every request: session, body, form, key, use case, envelope.

use std::{panic::AssertUnwindSafe, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, Resource,
    http::header::{ALLOW, HeaderValue},
    web::{self, Data, Payload},
};
use futures_util::FutureExt;
use hongbao_api::{Denial, Endpoint, Fields, Invalid, Reply};
use hongbao_app::{Caller, Deadline};
use hongbao_ports::{Failure, Fault};
use tokio::time::sleep;

use crate::{
    Settings, Shared, answer,
    body::{self, Body, Limits, Unread},
    budget::Login,
    connection::Tap,
    decode, enter, failure, idempotency, session,
};

/// What a body that comes slowly leaves of the deadline: enough for a use case that nothing holds up.
const KEPT_FOR_USE_CASE: Duration = Duration::from_secs(2);

/// How long the answer waits that there are too many requests: as long as it asks the caller to wait at least. A caller
/// that does not wait and asks again at once would otherwise take the processor from all others by being refused.
const HELD_BACK: Duration = Duration::from_secs(1);

/// A body that comes slowly must not hold up a stop.
const STOPPING: &str = "cannot wait for the body: the server is stopping";

/// An endpoint and the use case behind it.
pub(crate) trait Serve: Endpoint {
    /// Does what a caller asks for.
    async fn serve(
        shared: Shared,
        caller: Caller,
        request: Self::Request,
    ) -> Result<Self::Data, Failure<Self::Refusal>>;
}

/// Serves an endpoint at its path, for its HTTP methods, with the envelope for all others.
pub(crate) fn resource<E: Serve + 'static>() -> Resource {
    let mut resource = web::resource(E::PATH).route(web::post().to(handle::<E>));
    if E::READ {
        resource = resource.route(web::get().to(handle::<E>));
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
async fn handle<E: Serve>(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    settings: Data<Settings>,
) -> HttpResponse {
    let attempt = attempt::<E>(&request, payload, &shared, &settings);
    let outcome = AssertUnwindSafe(attempt).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|panic| Err(failure::from_panic(panic.as_ref())));
    let has_key = idempotency::has_key::<E>(&request);
    let reply = Reply::<E>::from(outcome.map_err(|denial| if has_key { denial.under_key() } else { denial }));
    answer::rendered(&request, reply.render(answer::language(&request)))
}

async fn attempt<E: Serve>(
    request: &HttpRequest,
    payload: Payload,
    shared: &Shared,
    settings: &Settings,
) -> Result<E::Data, Denial<E::Refusal>> {
    let (caller, fields) = match read::<E, _>(request, payload, shared, settings).await {
        Err(denial) => {
            let denial = enter::turned_away(request, shared, denial);
            if let Denial::RateLimited(_) = denial {
                hold_back(deadline(request, settings), shared).await;
            }
            return Err(denial);
        }
        Ok(read) => read,
    };
    let asked = E::read_within(settings.id_alphabet, &fields)?;
    let caller = idempotency::under_key::<E>(request, caller, &fields)?;
    E::serve(shared.clone(), caller, asked).await.map_err(failure::denial)
}

/// Waits before a refusal, within the deadline and not when the server stops.
async fn hold_back(deadline: Deadline, shared: &Shared) {
    tokio::select! {
        () = sleep(HELD_BACK.min(deadline.left())) => {}
        () = shared.health.bodies_ended() => {}
    }
}

/// Gives the deadline that was set when the head had been read.
fn deadline(request: &HttpRequest, settings: &Settings) -> Deadline {
    let set = request.extensions().get::<Deadline>().copied();
    set.unwrap_or_else(|| Deadline::after(settings.deadline))
}

/// Reads the request and finds who asks: before the body where the key stands in the head, so that an unknown caller costs
/// no more than that, and a user cannot send more bodies at once than requests.
async fn read<E: Endpoint, R>(
    request: &HttpRequest,
    mut payload: Payload,
    shared: &Shared,
    settings: &Settings,
) -> Result<(Caller, Fields), Denial<R>> {
    let deadline = deadline(request, settings);
    let query = decode::query(request)?;
    let early = match session::key(request, &query)? {
        Some(key) => Some(enter::enter(request, shared, deadline, &key).await?),
        None => None,
    };
    decode::check_announced(request.headers(), E::BODY_LIMIT_BYTES)?;
    let limits = Limits {
        length_bytes: E::BODY_LIMIT_BYTES,
        min_rate_bytes: settings.min_body_rate_bytes,
        deadline: deadline.earlier_by(KEPT_FOR_USE_CASE),
    };
    let login = if early.is_some() { Login::Known } else { Login::Unknown };
    let Body { bytes, reservation } = tokio::select! {
        biased;
        body = body::read(&mut payload, Tap::of(request), &shared.bodies, login, limits) => body?,
        () = shared.health.bodies_ended() => return Err(failure::from_fault(&Fault::unavailable(STOPPING))),
    };
    let fields = query.merge(decode::body(request.headers(), bytes).await?);
    // Again, for a key in the body must not differ from one in the head.
    let key = session::key(request, &fields)?.ok_or(Denial::NotLoggedIn)?;
    let caller = match (early, reservation) {
        (Some(caller), _) => caller,
        (None, None) => enter::enter(request, shared, deadline, &key).await?,
        // What was read is still in memory.
        (None, Some(mut reservation)) => {
            reservation.arrived();
            reservation.during(enter::enter(request, shared, deadline, &key)).await.map_err(Unread::from)??
        }
    };
    Ok((caller, fields))
}
