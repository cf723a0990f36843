//! The admin API, put together.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use hongbao_app::{ImUsers, admin::Admin};
use hongbao_domain::webhook::WebhookUrl;
use hongbao_http::{AdminShared, WebhookRules};
use hongbao_ports::{Clock, Ids};
use hongbao_webhooks::{check_target, print_secret};
use tokio::{runtime::Handle, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    error::CliError,
    settings::{AdminListen, Settings},
    system::random,
};

/// Takes the address of the admin API, if there is one.
pub(super) fn bind(settings: &Settings) -> Result<Option<TcpListener>, CliError> {
    match &settings.admin.listen {
        AdminListen::Off => Ok(None),
        AdminListen::At(listen) => listen.bind("admin.listen").map(Some),
    }
}

/// Puts the use cases behind the admin API.
pub(super) fn shared(
    settings: &Settings,
    (admin, im_users): (Admin, ImUsers),
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    deadline: Duration,
) -> AdminShared {
    AdminShared {
        admin,
        im_users: Some(im_users),
        clock,
        ids,
        random,
        webhooks: webhook_rules(settings.webhook.allow_private_targets),
        id_alphabet: settings.im.id_alphabet(),
        deadline,
        operations: TaskTracker::new(),
        runtime: Handle::current(),
    }
}

pub(crate) fn webhook_rules(allow_private: bool) -> WebhookRules {
    let check = move |url: &WebhookUrl| check_target(url, allow_private).map_err(|bad| bad.to_string());
    WebhookRules { check_target: Arc::new(check), print_secret }
}

/// Serves it until `stop`.
pub(super) fn serve(
    listener: TcpListener,
    shared: AdminShared,
    stop: &CancellationToken,
) -> JoinHandle<io::Result<()>> {
    tokio::spawn(hongbao_http::serve_admin(listener, shared, stop.clone().cancelled_owned()))
}
