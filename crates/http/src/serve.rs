//! Listening and stopping.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{HttpServer, dev::Server};

use crate::{Settings, Shared, app};

/// Serves on `listener` until `stop` resolves; then takes no more requests and finishes those that run, within the
/// grace period.
///
/// It must run inside a tokio runtime, has worker threads of its own, and leaves signals to the caller.
///
/// # Errors
///
/// Fails if the listener cannot be used or a thread cannot be started.
pub async fn serve(
    listener: TcpListener,
    shared: Shared,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listen(listener, shared, settings, stop)?.await
}

/// Starts listening. The builder cannot go from thread to thread, but the server can.
fn listen(
    listener: TcpListener,
    shared: Shared,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Server> {
    let (grace, head_timeout, keep_alive, workers) =
        (settings.grace, settings.head_timeout, settings.keep_alive, settings.workers);
    let mut server = HttpServer::new(move || app(shared.clone(), settings.clone()))
        .disable_signals()
        .shutdown_signal(stop)
        .shutdown_timeout(whole_seconds(grace))
        .client_request_timeout(head_timeout)
        .keep_alive(keep_alive);
    if let Some(workers) = workers {
        server = server.workers(workers.get());
    }
    Ok(server.listen(listener)?.run())
}

fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}
