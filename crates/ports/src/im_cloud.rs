//! The IM cloud.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use hongbao_domain::{
    id::{EventId, TransferId, UserId},
    im_cloud::CloudRefusal,
    money::Money,
    red_packet::Remark,
};

/// For whom a turn is. Each lane has a part of the quota of its own, so that neither waits behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// A user who waits for the answer.
    Request,
    /// Work in the background, for which no user waits.
    Background,
}

/// The right to make one call now, within the cloud's quota.
///
/// It is taken before anything of ours begins, so that no lease is spent in a queue. A turn that is dropped without
/// having been spent goes back: refusals of ours use up nothing of the quota.
#[must_use]
pub struct Turn {
    lane: Lane,
    give_back: Option<GiveBack>,
}

type GiveBack = Box<dyn FnOnce() + Send + Sync>;

impl Turn {
    /// Grants a turn of which there are plenty.
    pub const fn grant() -> Self {
        Self { lane: Lane::Request, give_back: None }
    }

    /// Grants a turn that `give_back` takes back if it is not spent.
    pub fn returnable(give_back: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self { lane: Lane::Request, give_back: Some(Box::new(give_back)) }
    }

    /// Says for whom the turn is; without that it is for a user's request.
    pub fn on(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Gives the lane, of which a repeat of the call takes its turn as well.
    pub const fn lane(&self) -> Lane {
        self.lane
    }

    /// Uses the turn up: the cloud is being called.
    pub fn spend(mut self) {
        self.give_back = None;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(give_back) = self.give_back.take() {
            give_back();
        }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").finish_non_exhaustive()
    }
}

/// A hint to a user that something happened to a packet. State comes from the server, never from a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same at every repeat, so that an app can show it once.
    pub event: EventId,
    /// The packet.
    pub packet: TransferId,
    /// In whose name it is sent.
    pub from: UserId,
    /// Who gets it.
    pub to: UserId,
    /// What happened.
    pub kind: NoticeKind,
}

/// What a notice tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeKind {
    /// A packet can be claimed. The amount is not told.
    Published {
        /// The sender's words.
        remark: Remark,
    },
    /// The packet was claimed.
    Opened,
    /// What was left of the packet went back.
    Refunded {
        /// What went back.
        money: Money,
    },
}

/// The IM cloud that delivers to the app's clients.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ImCloud: Send + Sync {
    /// Waits for a turn, at most `within`. A turn that would come later is refused at once: [`CloudRefusal::Busy`].
    async fn turn(&self, lane: Lane, within: Duration) -> Result<Turn, CloudRefusal>;

    /// Delivers a notice, within the adapter's time-out.
    ///
    /// `Ok` means that the cloud has taken it. The adapter may repeat a notice, for its event id makes that
    /// harmless. [`CloudRefusal::Rejected`]: definitely not delivered by any of the tries;
    /// [`CloudRefusal::Unknown`]: it may be delivered, even later.
    async fn notify(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal>;
}
