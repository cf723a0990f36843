//! Every refusal of a method, for tests of what it may answer.

use std::{convert::Infallible, iter::successors};

use hongbao_domain::im_cloud::CloudRefusal;

/// A refusal that can be listed. It is implemented beside the endpoint.
pub(crate) trait Every: Sized {
    /// Gives the refusal after another one; without one, the first. A `match` over all variants, so that a new one does not
    /// compile before it is listed.
    fn after(before: Option<&Self>) -> Option<Self>;

    /// Gives all of them.
    fn every() -> impl Iterator<Item = Self> {
        successors(Self::after(None), |before| Self::after(Some(before)))
    }
}

impl Every for CloudRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::Rejected(None)),
            Some(Self::Rejected(_)) => Some(Self::Unknown(None)),
            Some(Self::Unknown(_)) => Some(Self::Busy),
            Some(Self::Busy) => None,
        }
    }
}

impl Every for Infallible {
    fn after(_: Option<&Self>) -> Option<Self> {
        None
    }
}
