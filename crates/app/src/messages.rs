//! Messages from user to user.

use std::sync::Arc;

use hongbao_domain::message::{Message, ReservedNames, SendRefusal};
use hongbao_ports::{CloudMessages, Failure, query::UserQueries};

use crate::{Caller, Sagas, Start, Timing};

/// The use case of messages.
#[derive(Clone)]
pub struct Messages {
    users: Arc<dyn UserQueries>,
    cloud: Arc<dyn CloudMessages>,
    reserved: Arc<ReservedNames>,
    sagas: Sagas,
    timing: Timing,
}

impl Messages {
    /// Puts the use case to work. `reserved` are the kinds that no user may send; `timing` was checked at start-up.
    pub fn new(
        users: Arc<dyn UserQueries>,
        cloud: Arc<dyn CloudMessages>,
        reserved: ReservedNames,
        sagas: Sagas,
        timing: Timing,
    ) -> Self {
        Self { users, cloud, reserved: Arc::new(reserved), sagas, timing }
    }

    /// Sends a message, and gives the cloud's name of it, where it gives one.
    ///
    /// If the outcome is unknown, it may have been delivered, and it is not sent again: the caller decides.
    pub async fn send(&self, caller: &Caller, message: Message) -> Result<Option<String>, Failure<SendRefusal>> {
        if self.reserved.contains(&message.object_name) {
            return Err(Failure::Refused(SendRefusal::ObjectNameReserved));
        }
        let (world, deadline, start) = (self.clone(), caller.deadline, Start::new());
        let begin = start.clone();
        let send = async move {
            let status = world.users.status(message.to).await?;
            if !status.is_some_and(|status| status.is_active) {
                return Err(Failure::Refused(SendRefusal::ReceiverNotFound));
            }
            begin.begin()?;
            let sent = world.cloud.send(&message, world.timing.pacing.min(deadline.left())).await;
            sent.map_err(|refusal| Failure::Refused(SendRefusal::ImCloud(refusal)))
        };
        self.sagas.run(caller, &start, send).await?
    }
}
