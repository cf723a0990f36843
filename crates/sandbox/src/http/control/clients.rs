//! Playing the clients of the app's users. The content type is not asked for, so that a bare `curl -d` works.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Path},
};
use serde::Deserialize;
use serde_json::json;

use super::complain::complain;
use crate::{ClientRefusal, Sandbox, Target};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Connect {
    token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Write {
    to_user_id: Option<String>,
    to_group_id: Option<String>,
    object_name: String,
    content: String,
}

pub(super) async fn connect(body: Bytes, sandbox: Data<Sandbox>) -> HttpResponse {
    let Connect { token } = match serde_json::from_slice(&body) {
        Ok(connect) => connect,
        Err(error) => return complain(StatusCode::BAD_REQUEST, &error),
    };
    match sandbox.connect(&token) {
        Ok(user_id) => HttpResponse::Ok().json(json!({ "userId": user_id })),
        Err(refusal) => refuse(refusal),
    }
}

pub(super) async fn disconnect(user_id: Path<String>, sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.disconnect(&user_id);
    HttpResponse::NoContent().finish()
}

pub(super) async fn send(user_id: Path<String>, body: Bytes, sandbox: Data<Sandbox>) -> HttpResponse {
    let Write { to_user_id, to_group_id, object_name, content } = match serde_json::from_slice(&body) {
        Ok(write) => write,
        Err(error) => return complain(StatusCode::BAD_REQUEST, &error),
    };
    let to = match (to_user_id, to_group_id) {
        (Some(id), None) => Target::User(id),
        (None, Some(id)) => Target::Group(id),
        (Some(_), Some(_)) | (None, None) => {
            return complain(StatusCode::BAD_REQUEST, &"one of toUserId and toGroupId is needed");
        }
    };
    match sandbox.send_as_client(&user_id, to, &object_name, &content) {
        Ok(message_uid) => HttpResponse::Ok().json(json!({ "messageUID": message_uid })),
        Err(refusal) => refuse(refusal),
    }
}

fn refuse(refusal: ClientRefusal) -> HttpResponse {
    HttpResponse::Forbidden().json(json!({ "code": refusal.code(), "error": refusal.to_string() }))
}
