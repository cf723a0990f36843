//! Listening and stopping.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{HttpServer, dev::Server};
use tokio::{sync::Notify, time::sleep};
use tracing::warn;

use crate::{Health, Settings, Shared, app};

/// Serves on `listener` until `stop` resolves; then takes no more requests and finishes those that run, within the
/// grace period. Bodies that have not arrived by the body grace are waited for no longer.
///
/// It must run inside a tokio runtime, has worker threads of its own, and leaves signals to the caller. When it returns,
/// no more than the grace period has passed since the stop, and every connection is closed or abandoned.
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
    let (begun, health) = (Arc::new(Notify::new()), shared.health.clone());
    let grace = grace(Arc::clone(&begun), settings.grace);
    let stop = async move {
        stop.await;
        begun.notify_one();
        tokio::spawn(end_bodies(health, settings.body_grace));
    };
    tokio::select! {
        served = listen(listener, shared, settings, stop)? => served,
        () = grace => {
            warn!("some requests ran for longer than their share of the grace period; their connections are cut");
            Ok(())
        }
    }
}

async fn end_bodies(health: Health, grace: Duration) {
    sleep(grace).await;
    health.end_bodies();
}

/// Resolves when the stop has begun and the grace period is over. The framework looks for the end of connections once a
/// second, which is too seldom for whoever comes after it.
async fn grace(begun: Arc<Notify>, grace: Duration) {
    begun.notified().await;
    sleep(grace).await;
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
