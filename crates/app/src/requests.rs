//! Requests under a key: what has become of one before it runs again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hongbao_domain::{
    group::{DiscardGroupRefusal, DiscardJoinRefusal, Stale},
    im_cloud::CloudRefusal,
    message::SendRefusal,
    red_packet::{Cancel, CancelRefusal, ReleaseClaim, ReleaseRefusal},
    store::{
        Answer, AskRequest, BeginCall, Call, EndCall, KeyIsFree, Recall, RecordAnswer, RequestRefusal, RequestStep,
        Work,
    },
};
use hongbao_ports::{Commands, Failure, Fault, Groups, Keyed, Ledger, Submit, query::RequestQueries};
use tokio::time::{Instant, timeout_at};
use tracing::info;

use crate::{Caller, retry::retry_until};

/// How often one request takes over what others have left behind under its key.
const ROUNDS: usize = 3;

/// Runs each request under a key once, and answers its repeats.
#[derive(Clone)]
pub struct Requests {
    commands: Arc<dyn Commands>,
    queries: Arc<dyn RequestQueries>,
}

impl Requests {
    /// Keeps requests in the store that `commands` change.
    pub fn new(commands: Arc<dyn Commands>, queries: Arc<dyn RequestQueries>) -> Self {
        Self { commands, queries }
    }

    /// Gives the store for the steps of a request.
    pub(crate) fn commands(&self, caller: &Caller) -> Arc<dyn Commands> {
        match self.keyed(caller) {
            Some(keyed) => keyed,
            None => Arc::clone(&self.commands),
        }
    }

    /// Gives the store for the steps of a request, if it has a key.
    pub(crate) fn keyed(&self, caller: &Caller) -> Option<Arc<Keyed>> {
        caller.request().map(|step| Arc::new(self.under(step)))
    }

    fn under(&self, step: RequestStep) -> Keyed {
        Keyed::new(Arc::clone(&self.commands), step)
    }

    /// Runs a use case; under a key, only if it was not run before. What an earlier request with the key has begun and not
    /// finished in time is resolved first.
    ///
    /// Faults: those of the use case, and that the key is in use.
    pub(crate) async fn once<T, R, F>(&self, caller: &Caller, run: impl Fn() -> F) -> Result<T, Failure<R>>
    where
        Result<T, R>: Recall,
        F: Future<Output = Result<T, Failure<R>>>,
    {
        let Some(step) = caller.request() else { return run().await };
        for _ in 0..ROUNDS {
            let in_use = match caller.deadline.within(self.ask(step)).await?? {
                Some(in_use) => in_use,
                None => match run().await {
                    Err(Failure::Fault(fault)) if fault.request().is_some() => fault,
                    outcome => return outcome,
                },
            };
            match in_use.request() {
                Some(RequestRefusal::Answered(answer)) => {
                    let recalled = Recall::recall(answer.as_ref().clone());
                    let told: Result<T, R> = recalled.ok_or(Fault::internal("cannot read another method's answer"))?;
                    return told.map_err(Failure::Refused);
                }
                Some(RequestRefusal::Lapsed(work)) => match self.resolve_within(caller, step, *work).await {
                    // Another server was faster.
                    Err(fault) if fault.request().is_some() => {}
                    resolved => resolved?,
                },
                Some(RequestRefusal::Mismatch | RequestRefusal::InProgress) | None => return Err(in_use.into()),
            }
        }
        Err(Fault::key_in_use(RequestRefusal::InProgress).into())
    }

    /// A step that is given up at the deadline goes on in the store, and may be repeated.
    async fn resolve_within(&self, caller: &Caller, step: RequestStep, work: Work) -> Result<(), Fault> {
        let late =
            |elapsed| Fault::unavailable("cannot resolve an earlier request before the deadline").because(elapsed);
        timeout_at(caller.deadline.at(), self.resolve(step, work)).await.map_err(late)?
    }

    /// Asks what has become of a request, if its key is in use.
    async fn ask(&self, step: RequestStep) -> Result<Option<Fault>, Fault> {
        if !self.queries.is_in_use(&step.name).await? {
            return Ok(None);
        }
        match self.under(step).submit(AskRequest).await {
            Err(Failure::Fault(fault)) if fault.request().is_some() => Ok(Some(fault)),
            Err(Failure::Fault(fault)) => Err(fault),
            Err(Failure::Refused(KeyIsFree)) => Ok(None),
            Ok(never) => match never {},
        }
    }

    /// Ends what a request has begun and not finished in time, as any server may: afterwards it is answered, or its key is
    /// free.
    async fn resolve(&self, step: RequestStep, work: Work) -> Result<(), Fault> {
        let store = self.under(step);
        info!(request.method = %step.name.method, user.id = %step.name.user, ?work, "a request was not finished; it is resolved");
        match work {
            Work::Packet(packet) => match store.cancel(Cancel { packet }).await {
                Ok(_) | Err(Failure::Refused(CancelRefusal::Delivered)) => Ok(()),
                Err(Failure::Refused(CancelRefusal::NotFound | CancelRefusal::BalanceOverflow)) => {
                    Err(Fault::internal("cannot cancel the packet of an earlier request"))
                }
                Err(Failure::Fault(fault)) => Err(fault),
            },
            Work::Claim(packet, fence) => {
                match store.release_claim(ReleaseClaim { packet, taker: step.name.user, fence }).await {
                    Ok(_) | Err(Failure::Refused(ReleaseRefusal::Stale)) => Ok(()),
                    Err(Failure::Refused(ReleaseRefusal::NotFound | ReleaseRefusal::BalanceOverflow)) => {
                        Err(Fault::internal("cannot release the claim of an earlier request"))
                    }
                    Err(Failure::Fault(fault)) => Err(fault),
                }
            }
            Work::Group(id) => match store.discard_group(id).await {
                Ok(()) | Err(Failure::Refused(DiscardGroupRefusal::Active)) => Ok(()),
                Err(Failure::Refused(DiscardGroupRefusal::NotFound)) => {
                    Err(Fault::internal("cannot discard the group of an earlier request"))
                }
                Err(Failure::Fault(fault)) => Err(fault),
            },
            Work::Join(join) => match store.discard_join(join).await {
                Ok(()) | Err(Failure::Refused(DiscardJoinRefusal::Joined)) => Ok(()),
                Err(Failure::Fault(fault)) => Err(fault),
            },
            // It may have been delivered, and is not sent again.
            Work::Message(_) => {
                let unknown = SendRefusal::ImCloud(CloudRefusal::Unknown(None));
                self.end_lapsed(step, work, Some(Answer::SendMessage(Err(unknown)))).await
            }
            // To write the same profile again does no harm.
            Work::Refresh(_) => self.end_lapsed(step, work, None).await,
        }
    }

    /// Ends a call that was not finished in time, unless another server was faster.
    async fn end_lapsed(&self, step: RequestStep, work: Work, answer: Option<Answer>) -> Result<(), Fault> {
        self.end(step, work, answer).await.or_else(|fault| if fault.request().is_some() { Ok(()) } else { Err(fault) })
    }

    /// Remembers an answer that was found before anything was begun, if the request has a key.
    pub(crate) async fn record(&self, caller: &Caller, answer: Answer) -> Result<(), Fault> {
        match self.keyed(caller) {
            Some(store) => store.submit_infallible(RecordAnswer { answer: Box::new(answer) }).await,
            None => Ok(()),
        }
    }

    /// Keeps the key for a call to the IM cloud, if the request has one.
    pub(crate) async fn begin_call(&self, caller: &Caller, call: Call, lease: Duration) -> Result<Option<Work>, Fault> {
        match self.keyed(caller) {
            Some(store) => store.submit_infallible(BeginCall { call, lease }).await.map(Some),
            None => Ok(None),
        }
    }

    /// Ends what [`begin_call`](Self::begin_call) began with an answer that is remembered, or with none, so that the key may
    /// be used again.
    ///
    /// Faults: that of the store until `until`; or the key in use, if another server has resolved the request meanwhile.
    pub(crate) async fn end_call(
        &self,
        caller: &Caller,
        work: Option<Work>,
        answer: Option<Answer>,
        until: Instant,
    ) -> Result<(), Fault> {
        let (Some(step), Some(work)) = (caller.request(), work) else { return Ok(()) };
        let ended =
            retry_until(until, || async { Ok::<(), Failure<Infallible>>(self.end(step, work, answer.clone()).await?) });
        match ended.await {
            Ok(()) => Ok(()),
            Err(Failure::Refused(never)) => match never {},
            Err(Failure::Fault(fault)) => Err(fault),
        }
    }

    async fn end(&self, step: RequestStep, work: Work, answer: Option<Answer>) -> Result<(), Fault> {
        let ended = self.under(step).submit(EndCall { name: step.name, work, answer: answer.map(Box::new) }).await;
        ended.map_err(|failure| match failure {
            // Another server has resolved it meanwhile; what it was answered is known to a repeat.
            Failure::Refused(Stale) => Fault::key_in_use(RequestRefusal::InProgress),
            Failure::Fault(fault) => fault,
        })
    }
}

#[cfg(test)]
mod tests;
