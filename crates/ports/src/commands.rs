//! Commands: a change that is one step.

use std::convert::Infallible;

use async_trait::async_trait;
use hongbao_domain::store::{Action, Outcome, RequestRefusal, RequestStep, StepVerb, Verb};

use crate::{Failure, Fault};

/// The store, to a use case that is one command.
///
/// A command is atomic and durable: `Ok` survives a crash of the machine, a refusal has changed nothing but the request that
/// the command is a step of, [`Failure::Fault`] says by its kind whether something may have changed. What it answers, its
/// refusals and what a repeat does stand with the command, in the domain.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Commands: Send + Sync {
    /// Runs a command, and gives its outcome: the one of the same name.
    ///
    /// As the first step of a request it is not run while the request's key is in use; the outcome is then
    /// [`Outcome::Request`], which is as durable as what it tells of.
    async fn run(&self, action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault>;
}

/// Why a step of a request has no answer.
#[derive(Debug, Clone)]
pub enum StepFailure<R> {
    /// The key of the request is in use, and the step was not taken.
    Key(RequestRefusal),
    /// The step was refused, or the machinery broke.
    Step(Failure<R>),
}

impl<R> From<Fault> for StepFailure<R> {
    fn from(fault: Fault) -> Self {
        Self::Step(Failure::Fault(fault))
    }
}

/// What makes of each command's outcome the answer of that command.
pub trait Submit: Commands {
    /// Runs a command, and gives what it answers.
    fn submit<V: Verb + Send>(&self, verb: V) -> impl Future<Output = Result<V::Done, Failure<V::Refusal>>> + Send {
        async { answer::<V>(self.run(verb.into(), None).await?) }
    }

    /// Runs a command that is never refused, and gives what it answers.
    fn submit_infallible<V: Verb<Refusal = Infallible> + Send>(
        &self,
        verb: V,
    ) -> impl Future<Output = Result<V::Done, Fault>> + Send {
        async {
            self.submit(verb).await.map_err(|failure| match failure {
                Failure::Fault(fault) => fault,
                Failure::Refused(never) => match never {},
            })
        }
    }

    /// Runs a command as a step of a request, and gives what it answers.
    fn submit_step<V: StepVerb + Send>(
        &self,
        verb: V,
        step: RequestStep,
    ) -> impl Future<Output = Result<V::Done, StepFailure<V::Refusal>>> + Send {
        async move {
            let outcome = self.run(verb.into(), Some(step)).await?;
            if let Outcome::Request(refusal) = outcome {
                return Err(StepFailure::Key(refusal));
            }
            answer::<V>(outcome).map_err(StepFailure::Step)
        }
    }
}

impl<C: Commands + ?Sized> Submit for C {}

fn answer<V: Verb>(outcome: Outcome) -> Result<V::Done, Failure<V::Refusal>> {
    let answer = V::answer(outcome).ok_or(Fault::internal("cannot read another command's outcome"))?;
    answer.map_err(Failure::Refused)
}
