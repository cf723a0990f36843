//! A body on its way: read piece by piece, within a budget, as long as it comes fast enough.

use std::{future::poll_fn, time::Duration};

use actix_web::web::{Bytes, Payload};
use futures_util::{FutureExt, StreamExt};
use hongbao_api::{Denial, FailureKind, Invalid};
use hongbao_app::Deadline;
use tokio::time::{Instant, sleep_until};

use crate::{
    budget::{BodyBudget, GaveWay, Login, Reservation},
    connection::Tap,
};

/// Over how long the rate of a body is measured: a few lost packets are no slow body.
const RATE_WINDOW: Duration = Duration::from_secs(3);

/// What a body may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest body, in bytes.
    pub(crate) length_bytes: usize,
    /// The least that has to arrive on average, in bytes a second; 0: any rate will do.
    pub(crate) min_rate_bytes: usize,
    /// Until when all of it must be there.
    pub(crate) deadline: Deadline,
}

/// Why a body was not read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    Invalid(Invalid),
    GaveWay,
}

impl From<GaveWay> for Unread {
    fn from(_: GaveWay) -> Self {
        Self::GaveWay
    }
}

impl<R> From<Unread> for Denial<R> {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Invalid(invalid) => Self::Invalid(invalid),
            // Our memory is scarce: it is not that this caller asks too much (103). Nothing was begun.
            Unread::GaveWay => Self::failed(FailureKind::Unavailable, None),
        }
    }
}

/// A body that has arrived, and its place in the budget.
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// None if there is no body.
    pub(crate) reservation: Option<Reservation>,
}

/// Reads a body to its end.
///
/// What is reserved grows by what arrives and not by what was announced, so a length that is a lie reserves nothing.
pub(crate) async fn read(
    payload: &mut Payload,
    tap: Option<&Tap>,
    budget: &BodyBudget,
    login: Login,
    limits: Limits,
) -> Result<Body, Unread> {
    let first = payload.next().now_or_never();
    if let Some(None) = first {
        tap.inspect(|tap| tap.taken());
        return Ok(Body { bytes: Bytes::new(), reservation: None });
    }
    let mut reservation = budget.reserve(login);
    let read = gather(first.flatten(), payload, tap, &mut reservation, limits);
    let bytes = limits.deadline.within(read).await.unwrap_or(Err(Unread::Invalid(Invalid::TooSlow)))?;
    tap.inspect(|tap| tap.taken());
    Ok(Body { bytes, reservation: Some(reservation) })
}

type Piece = Result<Bytes, actix_web::error::PayloadError>;

async fn gather(
    first: Option<Piece>,
    payload: &mut Payload,
    tap: Option<&Tap>,
    reservation: &mut Reservation,
    limits: Limits,
) -> Result<Bytes, Unread> {
    let mut bytes = Vec::new();
    let mut rate = Rate::start(limits.min_rate_bytes);
    let mut next = first;
    loop {
        if let Some(piece) = next {
            let piece = piece.map_err(|_| Unread::Invalid(Invalid::Incomplete))?;
            if bytes.len() + piece.len() > limits.length_bytes {
                return Err(Unread::Invalid(Invalid::TooLarge));
            }
            make_room(&mut bytes, piece.len(), reservation)?;
            bytes.extend_from_slice(&piece);
            rate.arrived(piece.len());
        }
        next = tokio::select! {
            biased;
            () = reservation.given_way() => return Err(Unread::GaveWay),
            piece = next_piece(payload, tap, bytes.len()) => match piece {
                Some(piece) => Some(piece),
                None => return Ok(bytes.into()),
            },
            () = sleep_until(rate.window_end) => {
                if rate.is_too_slow() {
                    return Err(Unread::Invalid(Invalid::TooSlow));
                }
                None
            }
        };
    }
}

/// Gives the next piece. When there is none yet, all that was read of the connection has been taken.
async fn next_piece(payload: &mut Payload, tap: Option<&Tap>, taken_bytes: usize) -> Option<Piece> {
    poll_fn(|context| {
        let polled = payload.poll_next_unpin(context);
        if let (true, Some(tap)) = (polled.is_pending(), tap) {
            tap.open(taken_bytes);
        }
        polled
    })
    .await
}

/// Grows a buffer by halves at least, for bytes that must not be copied each time, and the reservation with it.
fn make_room(bytes: &mut Vec<u8>, more: usize, reservation: &mut Reservation) -> Result<(), GaveWay> {
    let wanted = bytes.len() + more;
    if wanted > bytes.capacity() {
        let capacity = wanted.max(bytes.len() + bytes.len() / 2);
        reservation.grow_to(capacity)?;
        bytes.reserve_exact(capacity - bytes.len());
    }
    Ok(())
}

/// How fast a body comes, window after window.
struct Rate {
    least_bytes: usize,
    arrived_bytes: usize,
    window_end: Instant,
}

impl Rate {
    fn start(bytes_a_second: usize) -> Self {
        let least_bytes = bytes_a_second.saturating_mul(RATE_WINDOW.as_secs().try_into().unwrap_or(usize::MAX));
        Self { least_bytes, arrived_bytes: 0, window_end: Instant::now() + RATE_WINDOW }
    }

    fn arrived(&mut self, bytes: usize) {
        self.arrived_bytes += bytes;
    }

    /// Judges a window that is over, and begins the next one.
    fn is_too_slow(&mut self) -> bool {
        let is_too_slow = self.arrived_bytes < self.least_bytes;
        self.arrived_bytes = 0;
        self.window_end += RATE_WINDOW;
        is_too_slow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_came_fast_at_first_is_too_slow_when_nothing_more_comes() {
        let mut rate = Rate::start(1_000);
        rate.arrived(60_000);
        assert!(!rate.is_too_slow());
        assert!(rate.is_too_slow(), "that was in the window before");
    }
}
