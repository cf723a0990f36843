//! The control API: JSON, unsigned, on the same port. It is the sandbox's own and no part of the cloud.

mod clients;
mod complain;
mod faults;
mod manual;
mod quotas;
mod state;
mod traffic;

use actix_web::{
    HttpResponse, Route,
    http::StatusCode,
    web::{self, ServiceConfig},
};

use self::complain::complain;

/// Each resource with what it answers; any other method is refused.
pub(super) fn configure(config: &mut ServiceConfig) {
    resource(config, "/", [web::get().to(manual::show)]);
    resource(config, "/sandbox", [web::get().to(manual::show)]);
    resource(config, "/sandbox/messages", [web::get().to(state::messages)]);
    resource(config, "/sandbox/users/{id}", [web::get().to(state::user)]);
    resource(config, "/sandbox/groups/{id}", [web::get().to(state::group)]);
    resource(config, "/sandbox/clients", [web::post().to(clients::connect)]);
    resource(config, "/sandbox/clients/{id}", [web::delete().to(clients::disconnect)]);
    resource(config, "/sandbox/clients/{id}/messages", [web::post().to(clients::send)]);
    resource(config, "/sandbox/requests", [web::get().to(traffic::requests)]);
    resource(
        config,
        "/sandbox/counters",
        [web::get().to(traffic::counters), web::delete().to(traffic::reset_counters)],
    );
    resource(
        config,
        "/sandbox/faults",
        [web::get().to(faults::armed), web::post().to(faults::arm), web::delete().to(faults::clear)],
    );
    resource(config, "/sandbox/late", [web::get().to(faults::late)]);
    resource(config, "/sandbox/late/release", [web::post().to(faults::release_late)]);
    resource(config, "/sandbox/quotas", [web::post().to(quotas::enforce), web::delete().to(quotas::lift)]);
}

fn resource<const N: usize>(config: &mut ServiceConfig, path: &str, routes: [Route; N]) {
    let resource = routes.into_iter().fold(web::resource(path), actix_web::Resource::route);
    config.service(resource.default_service(web::to(method_not_allowed)));
}

async fn method_not_allowed() -> HttpResponse {
    complain(StatusCode::METHOD_NOT_ALLOWED, &"method not allowed")
}
