//! The cloud, with the script around each call.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{Fault, ImCloud, Notice, Turn};
use hongbao_rongcloud::RongCloud;

use crate::script::{Moment, Script, Step};

/// The cloud that the sagas of a server see. A call that the script breaks has an unknown outcome.
pub(crate) struct ScriptedCloud {
    pub(crate) cloud: Arc<RongCloud>,
    pub(crate) script: Script,
}

#[async_trait]
impl ImCloud for ScriptedCloud {
    async fn turn(&self, within: Duration) -> Result<Turn, CloudRefusal> {
        self.cloud.turn(within).await
    }

    async fn notify(&self, turn: Turn, notice: &Notice) -> Result<(), CloudRefusal> {
        let unknown = |_: Fault| CloudRefusal::Unknown(None);
        self.script.pass(Moment::Before(Step::TellCloud)).await.map_err(unknown)?;
        let outcome = self.cloud.notify(turn, notice).await;
        self.script.pass(Moment::After(Step::TellCloud)).await.map_err(unknown)?;
        outcome
    }
}
