//! What a refusal shows on the wire.

use std::convert::Infallible;

use hongbao_domain::{im_cloud::CloudRefusal, red_packet::Receipt};

/// A refusal of the business: which number it is, and what stands beside it.
pub trait Refusal {
    /// Gives the contract's number.
    fn status(&self) -> u16;

    /// Gives the stable name of the cause.
    fn code(&self) -> &'static str;

    /// Gives the parameter at fault, where it is one.
    fn parameter(&self) -> Option<&'static str> {
        None
    }

    /// Gives what the IM cloud is to blame for, where it is.
    fn im_cloud(&self) -> Option<&CloudRefusal> {
        None
    }

    /// Gives the receipt that the caller already has, where there is one.
    fn receipt(&self) -> Option<&Receipt> {
        None
    }

    /// Says whether the same request may succeed later and can do no harm. The cloud's failures are of that kind,
    /// for they promise that nothing has moved; a rule's no stays no.
    fn is_retryable(&self) -> bool {
        self.im_cloud().is_some()
    }
}

/// Where there is no endpoint, nothing can be refused.
impl Refusal for Infallible {
    fn status(&self) -> u16 {
        match *self {}
    }

    fn code(&self) -> &'static str {
        match *self {}
    }
}
