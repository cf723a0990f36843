//! Commands: a change that is one step.

use async_trait::async_trait;
use hongbao_domain::store::{Action, Outcome, Verb};

use crate::{Failure, Fault};

/// The store, to a use case that is one command.
///
/// A command is atomic and durable: `Ok` survives a crash of the machine, a refusal has changed nothing but the request that the command is a step of,
/// [`Failure::Fault`] says by its kind whether something may have changed. What it answers, its refusals and what a repeat
/// does stand with the command, in the domain.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Commands: Send + Sync {
    /// Runs a command, and gives its outcome: the one of the same name.
    async fn run(&self, action: Action) -> Result<Outcome, Fault>;
}

/// What makes of each command's outcome the answer of that command.
pub trait Submit: Commands {
    /// Runs a command, and gives what it answers.
    fn submit<V: Verb + Send>(&self, verb: V) -> impl Future<Output = Result<V::Done, Failure<V::Refusal>>> + Send {
        async {
            let outcome = self.run(verb.into()).await?;
            let answer = V::answer(outcome).ok_or(Fault::internal("cannot read another command's outcome"))?;
            answer.map_err(Failure::Refused)
        }
    }
}

impl<C: Commands + ?Sized> Submit for C {}
