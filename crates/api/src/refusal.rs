//! What a refusal shows on the wire.

use std::convert::Infallible;

use hongbao_domain::{id::TransferId, im_cloud::CloudRefusal, red_packet::Receipt};

use crate::{Invalid, Sentence};

/// A refusal of the business: which number it is, and what stands beside it.
pub trait Refusal {
    /// Gives the contract's number.
    fn status(&self) -> u16;

    /// Gives the stable name of the cause.
    fn code(&self) -> &'static str;

    /// Gives the sentence that explains it.
    fn sentence(&self) -> Sentence;

    /// Gives what is wrong with the request itself, where only a rule could see that.
    fn invalid(&self) -> Option<Invalid> {
        None
    }

    /// Gives what the answer carries besides.
    fn extra(&self) -> Extra<'_> {
        Extra::Nothing
    }

    /// Says whether the same request may succeed later and can do no harm. The cloud's failures are of that kind,
    /// for they promise that nothing has moved; a rule's no stays no.
    fn is_retryable(&self) -> bool {
        match self.extra() {
            Extra::ImCloud(_) => true,
            Extra::Nothing | Extra::Parameter(_) | Extra::Receipt(_) | Extra::Packet(_) => false,
        }
    }
}

/// What an answer that is not status 0 carries besides its number, code and sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra<'denial> {
    /// Nothing.
    Nothing,
    /// The parameter at fault.
    Parameter(&'static str),
    /// What the IM cloud is to blame for.
    ImCloud(&'denial CloudRefusal),
    /// The receipt that the caller already has.
    Receipt(&'denial Receipt),
    /// The packet that the caller may ask about.
    Packet(TransferId),
}

/// Where nothing but the IM cloud can fail.
impl Refusal for CloudRefusal {
    fn status(&self) -> u16 {
        IM_CLOUD
    }

    fn code(&self) -> &'static str {
        self.code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::Rejected(_) => Sentence {
                english: "The IM cloud refused; nothing has changed.",
                chinese: "融云服务器拒绝了请求，未发生任何变动。",
            },
            Self::Unknown(_) => Sentence {
                english: "The IM cloud did not answer properly; nothing has changed.",
                chinese: "融云服务器没有正常响应，未发生任何变动。",
            },
            Self::Busy => Sentence {
                english: "The IM cloud is too busy; nothing has changed.",
                chinese: "融云服务器繁忙，未发生任何变动。",
            },
        }
    }

    fn extra(&self) -> Extra<'_> {
        Extra::ImCloud(self)
    }
}

/// The contract's number for 融云服务器错误.
pub(crate) const IM_CLOUD: u16 = 3;

/// Where several methods name a receiver.
pub(crate) const RECEIVER_NOT_FOUND: Sentence =
    Sentence { english: "There is no such receiver.", chinese: "接收方不存在。" };

/// Where there is no endpoint, nothing can be refused.
impl Refusal for Infallible {
    fn status(&self) -> u16 {
        match *self {}
    }

    fn code(&self) -> &'static str {
        match *self {}
    }

    fn sentence(&self) -> Sentence {
        match *self {}
    }
}
