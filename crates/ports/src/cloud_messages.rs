//! Messages through the IM cloud.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{im_cloud::CloudRefusal, message::Message};

/// The IM cloud as a carrier of what users say.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait CloudMessages: Send + Sync {
    /// Sends a message, byte for byte, and gives the cloud's name of it, where it gives one.
    ///
    /// It waits for its turn within the cloud's quota, at most `within`; a turn that would come later is refused at
    /// once: [`CloudRefusal::Busy`]. A message that may have been delivered is never sent again.
    /// [`CloudRefusal::Rejected`]: definitely not delivered; [`CloudRefusal::Unknown`]: it may be, even later.
    async fn send(&self, message: &Message, within: Duration) -> Result<Option<String>, CloudRefusal>;
}
