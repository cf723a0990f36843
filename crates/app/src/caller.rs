//! Who asks.

use hongbao_domain::{
    id::{MethodName, RequestKey, UserId},
    store::{RequestName, RequestStep},
};

use crate::{Deadline, Permit};

/// The user of a request, until when the answer is due, and the request's place among all those of the user.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who asks.
    pub user: UserId,
    /// Until when the answer is due.
    pub deadline: Deadline,
    permit: Option<Permit>,
    request: Option<RequestStep>,
}

impl Caller {
    /// Makes a caller whose requests are not counted.
    pub const fn new(user: UserId, deadline: Deadline) -> Self {
        Self { user, deadline, permit: None, request: None }
    }

    /// Makes a caller who holds a permit. It is given back when the request has its answer and no saga of it runs.
    pub const fn with_permit(user: UserId, deadline: Deadline, permit: Permit) -> Self {
        Self { user, deadline, permit: Some(permit), request: None }
    }

    /// Puts the request under a key, with which it may be repeated. `fingerprint` tells it from another one under the same key.
    #[must_use]
    pub fn under_key(self, method: MethodName, key: RequestKey, fingerprint: [u8; 32]) -> Self {
        let name = RequestName { user: self.user, method, key };
        Self { request: Some(RequestStep { name, fingerprint }), ..self }
    }

    pub(crate) const fn request(&self) -> Option<RequestStep> {
        self.request
    }

    pub(crate) fn permit(&self) -> Option<Permit> {
        self.permit.clone()
    }
}
