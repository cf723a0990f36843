//! Bodies that come in chunks and that no handler has read to their end.
//!
//! The library would answer and then go on reading such a body for as long as it comes, without any limit of time: a
//! connection that sends half a body to any path, unknown ones too, would be kept for ever. While a part of the body is
//! still held, it closes the connection after the answer instead, as it does where the length was announced.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header::TRANSFER_ENCODING,
    middleware::Next,
    web::Bytes,
};
use futures_util::{Stream, StreamExt};

pub(crate) async fn close_after(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let unread = if request.headers().contains_key(TRANSFER_ENCODING) {
        let shared = Shared(Rc::new(RefCell::new(request.take_payload())));
        request.set_payload(Payload::Stream { payload: Box::pin(shared.clone()) });
        Some(shared)
    } else {
        None
    };
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| Holding { body: Box::pin(body), _unread: unread }))
}

/// A body that is read by a handler and held by the response.
#[derive(Clone)]
struct Shared(Rc<RefCell<Payload>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll_next_unpin(cx)
    }
}

/// The body of an answer, and what was not read of the request.
struct Holding<B> {
    body: Pin<Box<B>>,
    _unread: Option<Shared>,
}

impl<B: MessageBody> MessageBody for Holding<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.body.as_mut().poll_next(cx)
    }
}
