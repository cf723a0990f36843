//! What callers may repeat under a key.

use async_trait::async_trait;
use hongbao_domain::store::{Request, RequestName};

use crate::Fault;

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
}
