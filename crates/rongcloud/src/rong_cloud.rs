//! The port `ImCloud`, carried out by RongCloud.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{Clock, Ids, ImCloud, Notice, Turn};

use crate::{
    Settings, SettingsError,
    call::Quota,
    courier::Courier,
    notify::{self, Names},
};

/// RongCloud, asked in the name of one app.
///
/// It must be used inside a tokio runtime. It holds no task of its own: whoever drops a call ends it, and leaves
/// unknown whether it was executed.
pub struct RongCloud {
    courier: Courier,
    names: Names,
}

impl RongCloud {
    /// Prepares to talk to the cloud, without talking to it. `clock` dates the signatures, `ids` names the requests.
    ///
    /// # Errors
    ///
    /// Fails if a setting cannot be used, or if a host is `https` and the system has no certificates.
    pub fn try_new(settings: &Settings, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, SettingsError> {
        let names = Names::try_new(&settings.notice_prefix)?;
        Ok(Self { courier: Courier::try_new(settings, clock, ids)?, names })
    }

    /// Gives who makes the calls.
    pub(crate) const fn courier(&self) -> &Courier {
        &self.courier
    }
}

impl fmt::Debug for RongCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RongCloud").finish_non_exhaustive()
    }
}

#[async_trait]
impl ImCloud for RongCloud {
    async fn turn(&self, within: Duration) -> Result<Turn, CloudRefusal> {
        self.courier.quotas().turn(Quota::PrivateMessages, within).await
    }

    async fn notify(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
        let call = notify::call(&self.names, notice);
        self.courier.make(turn, &call).await.map(|_reply| ())
    }
}
