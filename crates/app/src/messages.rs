//! Messages from user to user.

use std::sync::Arc;

use hongbao_domain::{
    im_cloud::CloudRefusal,
    message::{Message, ReservedNames, SendRefusal},
    store::{Answer, Call},
};
use hongbao_ports::{CloudMessages, Failure, Fault, query::UserQueries};

use crate::{Caller, Requests, Sagas, Start, Timing, lease::Lease};

/// The use case of messages.
#[derive(Clone)]
pub struct Messages {
    requests: Requests,
    users: Arc<dyn UserQueries>,
    cloud: Arc<dyn CloudMessages>,
    reserved: Arc<ReservedNames>,
    sagas: Sagas,
    timing: Timing,
}

impl Messages {
    /// Puts the use case to work. `reserved` are the kinds that no user may send; `timing` was checked at start-up.
    pub fn new(
        requests: Requests,
        users: Arc<dyn UserQueries>,
        cloud: Arc<dyn CloudMessages>,
        reserved: ReservedNames,
        sagas: Sagas,
        timing: Timing,
    ) -> Self {
        Self { requests, users, cloud, reserved: Arc::new(reserved), sagas, timing }
    }

    /// Sends a message, and gives the cloud's name of it, where it gives one.
    ///
    /// If the outcome is unknown, it may have been delivered, and it is not sent again: the caller decides. Under a key that
    /// is remembered as well.
    pub async fn send(&self, caller: &Caller, message: Message) -> Result<Option<String>, Failure<SendRefusal>> {
        if self.reserved.contains(&message.object_name) {
            return Err(Failure::Refused(SendRefusal::ObjectNameReserved));
        }
        self.requests.once(caller, || self.send_once(caller, message.clone())).await
    }

    async fn send_once(&self, caller: &Caller, message: Message) -> Result<Option<String>, Failure<SendRefusal>> {
        let start = Start::new();
        let saga = Saga { messages: self.clone(), caller: caller.clone(), message, start: start.clone() };
        self.sagas.run(caller, &start, saga.run()).await?
    }
}

struct Saga {
    messages: Messages,
    caller: Caller,
    message: Message,
    start: Start,
}

impl Saga {
    async fn run(self) -> Result<Option<String>, Failure<SendRefusal>> {
        let (requests, timing) = (&self.messages.requests, &self.messages.timing);
        let status = self.messages.users.status(self.message.to).await?;
        self.start.begin()?;
        if !status.is_some_and(|status| status.is_active) {
            let refused = Err(SendRefusal::ReceiverNotFound);
            requests.record(&self.caller, Answer::SendMessage(refused.clone())).await?;
            return refused.map_err(Failure::Refused);
        }
        let lease = Lease::starting_now(timing);
        let work = requests.begin_call(&self.caller, Call::Message, timing.lease).await?;
        let within = timing.pacing.min(self.caller.deadline.left()).min(lease.wait_before_a_call());
        let sent = self.messages.cloud.send(&self.message, within).await.map_err(SendRefusal::ImCloud);
        let remembered = match &sent {
            Ok(_) | Err(SendRefusal::ImCloud(CloudRefusal::Unknown(_))) => Some(Answer::SendMessage(sent.clone())),
            Err(_) => None,
        };
        let ended = requests.end_call(&self.caller, work, remembered, lease.until).await;
        ended.map_err(Fault::after_begin)?;
        sent.map_err(Failure::Refused)
    }
}
