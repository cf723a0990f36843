//! The two questions, each answered by naming every check that was made. No caller has to be logged in to ask.

use actix_web::{
    HttpResponse,
    http::header::{ALLOW, RETRY_AFTER},
    web::{self, Data, ServiceConfig},
};
use hongbao_ports::query::Backlog;
use serde::Serialize;

use super::{Health, store::Condition};
use crate::{Shared, answer};

const LIVE: &str = "/livez";
const READY: &str = "/readyz";

/// How soon a caller that is turned away may come back, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// Says whether a request for `path` is only a probe.
pub(crate) fn is_probe(path: &str) -> bool {
    matches!(path, LIVE | READY)
}

pub(crate) fn mount(config: &mut ServiceConfig) {
    config
        .service(
            web::resource(LIVE)
                .route(web::get().to(live))
                .route(web::head().to(live))
                .default_service(web::to(method_not_allowed)),
        )
        .service(
            web::resource(READY)
                .route(web::get().to(ready))
                .route(web::head().to(ready))
                .default_service(web::to(method_not_allowed)),
        );
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Check {
    Ok,
    Failed,
    /// It could not be made, because another failed.
    Unknown,
}

#[derive(Serialize)]
struct Checked<C> {
    checks: C,
    #[serde(skip_serializing_if = "Option::is_none")]
    outbox: Option<Undelivered>,
}

/// What the outside is not told, where that is more than what is on its way anyway.
#[derive(Serialize)]
struct Undelivered {
    waiting: u64,
    parked: u64,
}

/// Whether the process should be left alone. It answers, and that is all there is to it: a store that is away does not
/// come back by a restart.
#[derive(Serialize)]
struct Live {
    process: Check,
}

/// Whether requests should be sent here.
#[derive(Serialize)]
struct Ready {
    store: Check,
    schema: Check,
    /// Failed from the moment on when a stop is asked for.
    serving: Check,
}

impl Ready {
    async fn of(health: &Health) -> Self {
        let (store, schema) = match health.0.store.condition().await {
            Condition::Ready => (Check::Ok, Check::Ok),
            Condition::OtherSchema => (Check::Ok, Check::Failed),
            Condition::Away => (Check::Failed, Check::Unknown),
        };
        // The last of all: a caller that is told that it is ready was told so before the stop.
        let serving = if health.is_stopping() { Check::Failed } else { Check::Ok };
        Self { store, schema, serving }
    }

    fn is_ready(&self) -> bool {
        [self.store, self.schema, self.serving].iter().all(|check| *check == Check::Ok)
    }
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type(answer::JSON).json(Checked { checks: Live { process: Check::Ok }, outbox: None })
}

async fn ready(shared: Data<Shared>) -> HttpResponse {
    let checks = Ready::of(&shared.health).await;
    let mut response = if checks.is_ready() {
        HttpResponse::Ok()
    } else {
        let mut response = HttpResponse::ServiceUnavailable();
        response.insert_header((RETRY_AFTER, RETRY_AFTER_S));
        response
    };
    let Backlog { waiting, parked } = *shared.health.0.backlog.borrow();
    let outbox = (parked > 0 || waiting >= Backlog::MANY).then_some(Undelivered { waiting, parked });
    response.content_type(answer::JSON).json(Checked { checks, outbox })
}

async fn method_not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((ALLOW, "GET, HEAD")).finish()
}
