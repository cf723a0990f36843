//! What the cloud holds.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use serde::{Deserialize, Serialize};

use super::complain::complain;
use crate::{Group, GroupMutes, Sandbox};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbox {
    #[serde(rename = "userId")]
    user_id: String,
}

/// A group, and who may not speak in it.
#[derive(Serialize)]
struct GroupView {
    #[serde(flatten)]
    group: Group,
    #[serde(flatten)]
    mutes: GroupMutes,
}

pub(super) async fn messages(request: HttpRequest, sandbox: Data<Sandbox>) -> HttpResponse {
    match Query::<Inbox>::from_query(request.query_string()) {
        Ok(inbox) => HttpResponse::Ok().json(sandbox.messages(&inbox.user_id)),
        Err(error) => complain(StatusCode::BAD_REQUEST, &error),
    }
}

pub(super) async fn user(id: Path<String>, sandbox: Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(sandbox.profile(&id))
}

pub(super) async fn group(id: Path<String>, sandbox: Data<Sandbox>) -> HttpResponse {
    match sandbox.group(&id) {
        Some(group) => HttpResponse::Ok().json(GroupView { group, mutes: sandbox.mutes(&id) }),
        None => complain(StatusCode::NOT_FOUND, &"there never was such a group"),
    }
}
