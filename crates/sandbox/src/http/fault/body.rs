//! Bodies that begin like an answer of the cloud and never come to its end.

use std::{convert::Infallible, future, time::Duration};

use actix_web::{
    HttpRequest,
    body::{BodyStream, MessageBody, SizedStream},
    web::Bytes,
};
use futures_util::{StreamExt, stream};
use tokio::{task, time::sleep};

use crate::http::connection::cut;

/// Between two bytes of a drip: so short that no caller takes it for silence.
const PAUSE: Duration = Duration::from_millis(20);

/// White space of JSON, so that an answer may still follow.
const DROP: Bytes = Bytes::from_static(b" ");

/// The part that comes of a truncated body. It is a whole success by itself: only its length tells.
const PART: Bytes = Bytes::from_static(br#"{"code":200}"#);

/// How many bytes the head of a truncated body promises.
const PROMISED_BYTES: u64 = 100;

/// Goes on byte by byte and never ends.
pub(super) fn drip() -> impl MessageBody + 'static {
    BodyStream::new(stream::unfold((), async |()| {
        sleep(PAUSE).await;
        Some((Ok::<_, Infallible>(DROP), ()))
    }))
}

/// Gives a part of what it promises, then cuts the connection.
pub(super) fn truncate(request: HttpRequest) -> impl MessageBody + 'static {
    let part = stream::once(future::ready(Ok::<_, Infallible>(PART)));
    let end = stream::once(async move {
        // actix-web writes what it has when a body has nothing to add for the moment.
        task::yield_now().await;
        cut(&request);
        future::pending().await
    });
    SizedStream::new(PROMISED_BYTES, part.chain(end))
}
