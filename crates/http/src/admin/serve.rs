//! Listening and stopping.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, middleware::from_fn, web::Data};
use tokio::time::timeout;

use super::{AdminShared, app, handle::DRAIN, watch};

/// Serves the admin API on `listener` until `stop` resolves; then finishes what runs, for a few seconds.
///
/// # Errors
///
/// Fails if the listener cannot be used or a thread cannot be started.
pub async fn serve_admin(
    listener: TcpListener,
    shared: AdminShared,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (operations, head_timeout) = (shared.operations.clone(), Duration::from_secs(5));
    let server = HttpServer::new(move || {
        App::new().app_data(Data::new(shared.clone())).configure(app::mount).wrap(from_fn(watch::watch))
    });
    let server =
        server.workers(1).disable_signals().client_request_timeout(head_timeout).shutdown_timeout(DRAIN.as_secs());
    let server = server.listen(listener)?.shutdown_signal(stop).run();
    let outcome = server.await;
    operations.close();
    drop(timeout(DRAIN, operations.wait()).await);
    outcome
}
