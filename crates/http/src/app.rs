//! The routes, for the server and for tests alike.

use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};
use hongbao_api::{
    Invalid,
    asset::ListAssets,
    friend::{AddFriend, ListFriends},
    group::{Create, Join},
    message,
    profile::{GetToken, Refresh, UserInfo},
    red_packet::{Accept, Detail, Publish},
};

use crate::{
    Settings, Shared, answer, asset, connection, cors, friend, group, handle, health, private_message, profile,
    red_packet, root, unread, watch,
};

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
    config
        .service(handle::resource::<Publish, _, _>(red_packet::publish))
        .service(handle::resource::<Accept, _, _>(red_packet::accept))
        .service(handle::resource::<Detail, _, _>(red_packet::detail))
        .service(handle::resource::<ListAssets, _, _>(asset::list))
        .service(handle::resource::<AddFriend, _, _>(friend::add))
        .service(handle::resource::<ListFriends, _, _>(friend::list))
        .service(handle::resource::<Create, _, _>(group::create))
        .service(handle::resource::<Join, _, _>(group::join))
        .service(handle::resource::<GetToken, _, _>(profile::get_token))
        .service(handle::resource::<Refresh, _, _>(profile::refresh))
        .service(handle::resource::<UserInfo, _, _>(profile::user_info))
        .service(handle::resource::<message::Publish, _, _>(private_message::publish))
        .configure(health::mount)
        .configure(root::mount)
        .default_service(web::to(unknown_path));
}

async fn unknown_path(request: HttpRequest) -> HttpResponse {
    answer::invalid(&request, Invalid::UnknownPath)
}
