//! The yardstick: what a competent engineer would write first.
//!
//! One handler for each method, one transaction for each step, `SELECT … FOR UPDATE` before each change, the same rows in
//! the same schema under the same durability, and the same call to the IM cloud in between. What it lacks of ours, it has
//! the easier for it: no record of attempts, no clean-up, no deadlines, no log, no checks that the schema does not make.

mod accept;
mod error;
mod im;
mod journal;
mod publish;
mod session;
mod state;

use std::{net::SocketAddr, time::Duration};

use actix_web::{App, HttpServer, rt::System, web};
use sqlx::postgres::PgPoolOptions;

use self::state::State;
pub(crate) use self::{accept::Accept, publish::Publish};
use crate::error::BenchError;

/// As many as the server has by default.
const CONNECTIONS: u32 = 16;

/// Answers until the process ends.
pub(crate) fn run(listen: SocketAddr, database: &str, cloud: &str) -> Result<(), BenchError> {
    let broke = |error| BenchError::because("the textbook broke", error);
    let served: Result<(), std::io::Error> = System::new().block_on(async {
        let options = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(Duration::from_secs(30));
        let pool = options.connect(database).await.map_err(std::io::Error::other)?;
        let state = web::Data::new(State { pool, im: im::Im::new(cloud) });
        let app = move || {
            App::new()
                .app_data(state.clone())
                .route("/im/msg_redpack_publish", web::post().to(publish::handle))
                .route("/im/msg_redpack_accept", web::post().to(accept::handle))
        };
        HttpServer::new(app).bind(listen)?.run().await
    });
    served.map_err(broke)
}
