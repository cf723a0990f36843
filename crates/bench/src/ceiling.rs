//! The ceiling of HTTP: the same framework reads the same requests and answers at once.

use std::net::SocketAddr;

use actix_web::{
    App, HttpResponse, HttpServer,
    http::header::ContentType,
    rt::System,
    web::{self, Form},
};

use crate::{
    error::BenchError,
    textbook::{Accept, Publish},
};

const PACKET: &str = r#"{"status":0,"data":{"transfer_id":"0352LqMhSOrLUKTHrc9Qi0","to_user_id":"user000000","coin_id":"CNY","amount":"0.01","expires_at":"2026-11-24T03:12:13.872Z"}}"#;

/// Answers until the process ends.
pub(crate) fn run(listen: SocketAddr) -> Result<(), BenchError> {
    let app = || {
        App::new()
            .route("/im/msg_redpack_publish", web::post().to(publish))
            .route("/im/msg_redpack_accept", web::post().to(accept))
    };
    let served = HttpServer::new(app).bind(listen).and_then(|server| System::new().block_on(server.run()));
    served.map_err(|error| BenchError::because("the ceiling broke", error))
}

async fn publish(asked: Form<Publish>) -> HttpResponse {
    answer(&asked.session_key)
}

async fn accept(asked: Form<Accept>) -> HttpResponse {
    answer(&asked.session_key)
}

fn answer(session_key: &str) -> HttpResponse {
    if session_key.is_empty() {
        return HttpResponse::Ok().content_type(ContentType::json()).body(r#"{"status":2}"#);
    }
    HttpResponse::Ok().content_type(ContentType::json()).body(PACKET)
}
