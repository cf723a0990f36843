//! Listening and stopping.

use std::{future::ready, io, sync::Arc, time::Duration};

use actix_http::{HttpService, Protocol, error::DispatchError};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use tokio::{net::TcpStream, sync::Notify, time::sleep};
use tracing::warn;

use crate::{Health, Settings, Shared, app, connection::Connection};

/// How long a connection is still read after an answer that did not wait for the rest of its request, so that the client
/// gets to read the answer.
const LINGER: Duration = Duration::from_millis(500);

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
    listener: std::net::TcpListener,
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
/// second, which is too seldom for the steps of the stop that come after it.
async fn grace(begun: Arc<Notify>, grace: Duration) {
    begun.notified().await;
    sleep(grace).await;
}

/// Starts listening. The builder cannot go from thread to thread, but the server can.
///
/// This is what `actix_web::HttpServer` does, but for the connections, which are our own.
fn listen(
    listener: std::net::TcpListener,
    shared: Shared,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Server> {
    let mut server =
        Server::build().disable_signals().shutdown_signal(stop).shutdown_timeout(whole_seconds(settings.grace));
    if let Some(workers) = settings.workers {
        server = server.workers(workers.get());
    }
    let stopping = server.graceful_shutdown_signal();
    let serve = move || {
        let stopping = stopping.clone();
        let app = app(shared.clone(), settings.clone()).into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.tap().clone());
            })
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(settings.head_timeout)
            .client_disconnect_timeout(LINGER)
            .keep_alive(settings.keep_alive)
            .finish(map_config(app, |()| AppConfig::default()));
        let (bodies, head_timeout) = (shared.bodies.clone(), settings.head_timeout);
        let connect = move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            ready(Ok::<_, DispatchError>((
                Connection::new(stream, bodies.clone(), head_timeout),
                Protocol::Http1,
                peer,
            )))
        };
        fn_service(connect).and_then(http)
    };
    Ok(server.listen("http", listener, serve)?.run())
}

fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}
