//! The routes, for the server and for tests alike.

use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};
use hongbao_api::{Invalid, for_each_method};

use crate::{Settings, Shared, answer, connection, cors, handle, health, root, unread, watch};

/// Builds what one worker serves.
pub fn app(
    shared: Shared,
    settings: Settings,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(Data::new(shared))
        .app_data(Data::new(settings))
        .configure(mount)
        .wrap(from_fn(cors::cors))
        .wrap(from_fn(watch::watch))
        .wrap(from_fn(unread::close_after))
        .wrap(from_fn(connection::hold))
}

fn mount(config: &mut ServiceConfig) {
    macro_rules! serve {
        ($($endpoint:ty),* $(,)?) => {
            $(config.service(handle::resource::<$endpoint>());)*
        };
    }
    for_each_method!(serve);
    config.configure(health::mount).configure(root::mount).default_service(web::to(unknown_path));
}

async fn unknown_path(request: HttpRequest) -> HttpResponse {
    answer::invalid(&request, Invalid::UnknownPath)
}
