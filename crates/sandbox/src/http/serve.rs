//! Listening and stopping.

use std::{convert::Infallible, io, net::TcpListener, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::Server,
    web::{Data, PayloadConfig},
};
use tokio::sync::mpsc;

use super::{api, connection::Connection, control};
use crate::Sandbox;

/// The longest body of a request, in bytes; a longer one is answered with HTTP 413.
///
/// Content of 128 KiB may take three times as much when it is percent-encoded, and a thousand receivers come on top.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// How long an idle connection stays open: <https://docs.rongcloud.cn/platform-chat-api/base-url> tells callers to
/// give one up before the 60th second.
const KEEP_ALIVE: Duration = Duration::from_mins(1);

/// Answers on `listener` until `stop` resolves, then cuts the open connections and returns: no request is executed any
/// more.
///
/// Every request is answered within a moment, so only the ones that a time-out or a drip holds are cut, as a rule. It
/// must run inside a tokio runtime, takes one thread of its own besides, and handles no signals. Dropping the future
/// stops the server too.
///
/// # Errors
///
/// Fails if the listener cannot be used or the thread cannot be started.
pub async fn serve(
    listener: TcpListener,
    sandbox: Sandbox,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (living, mut all_gone) = mpsc::channel(1);
    let mut server = listen(listener, sandbox, living)?;
    let handle = server.handle();
    tokio::select! {
        ended = &mut server => ended,
        () = stop => {
            let ((), ended) = tokio::join!(handle.stop(false), server);
            // actix-web does not wait for the thread that it tells to drop its connections.
            let None = all_gone.recv().await;
            ended
        }
    }
}

/// Each connection has a clone of `living` for as long as it lives.
fn listen(listener: TcpListener, sandbox: Sandbox, living: mpsc::Sender<Infallible>) -> io::Result<Server> {
    let app = move || {
        App::new()
            .app_data(Data::new(sandbox.clone()))
            .app_data(PayloadConfig::new(MAX_BODY_BYTES))
            .configure(control::configure)
            .configure(api::configure)
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        // A held request must end when its caller hangs up, and that is the only sign of it.
        .h1_allow_half_closed(false)
        .on_connect(move |io, data| {
            Connection::remember(io, data);
            data.insert(living.clone());
        })
        .listen(listener)?
        .run();
    Ok(server)
}
