//! The steps of one request under a key.

use std::sync::Arc;

use async_trait::async_trait;
use hongbao_domain::store::{Action, Outcome, RequestStep};

use crate::{Commands, Fault};

/// The store, to the one request whose steps its commands are.
///
/// The typed ports over it are used as ever. What is begun under a key that is in use is answered by
/// [`Fault::key_in_use`]: nothing was begun then.
pub struct Keyed {
    commands: Arc<dyn Commands>,
    step: RequestStep,
}

impl Keyed {
    /// Makes all commands steps of a request.
    pub const fn new(commands: Arc<dyn Commands>, step: RequestStep) -> Self {
        Self { commands, step }
    }
}

#[async_trait]
impl Commands for Keyed {
    async fn run(&self, action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault> {
        let outcome = self.commands.run(action, step.or(Some(self.step))).await?;
        if let Outcome::Request(refusal) = outcome { Err(Fault::key_in_use(refusal)) } else { Ok(outcome) }
    }
}
