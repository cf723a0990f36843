//! What callers may repeat under a key.

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    store::{Request, RequestName},
};

use crate::Fault;

/// How many rows of one user are looked at for a packet: a user who asks as often as the limits allow has more.
pub const REQUESTS_LOOKED_AT: u32 = 10_000;

/// Requests under a key, as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait RequestQueries: Send + Sync {
    /// Says whether a key is in use: its request runs, was left behind, or was answered in the last 24 h.
    ///
    /// Only the first step of the request decides; this spares a request that was answered before the way to it.
    async fn is_in_use(&self, name: &RequestName) -> Result<bool, Fault>;

    /// Lists requests that were answered, by user, method and key, those after `after`, at most `limit`. An empty list is the
    /// end.
    async fn answered(&self, after: Option<RequestName>, limit: u32) -> Result<Vec<Request>, Fault>;

    /// Lists the requests of a user that run for a packet, or were answered with what became of it. Of the user's rows no more
    /// than [`REQUESTS_LOOKED_AT`] are looked at, by method and key.
    async fn requests_about(&self, user: UserId, packet: TransferId) -> Result<Vec<Request>, Fault>;
}
