//! Who asks.

use hongbao_domain::id::UserId;

use crate::{Deadline, Permit};

/// The user of a request, until when the answer is due, and the request's place among all those of the user.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who asks.
    pub user: UserId,
    /// Until when the answer is due.
    pub deadline: Deadline,
    permit: Option<Permit>,
}

impl Caller {
    /// Makes a caller whose requests are not counted.
    pub const fn new(user: UserId, deadline: Deadline) -> Self {
        Self { user, deadline, permit: None }
    }

    /// Makes a caller who holds a permit. It is given back when the request has its answer and no saga of it runs.
    pub const fn with_permit(user: UserId, deadline: Deadline, permit: Permit) -> Self {
        Self { user, deadline, permit: Some(permit) }
    }

    pub(crate) fn permit(&self) -> Option<Permit> {
        self.permit.clone()
    }
}
