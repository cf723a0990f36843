//! The life of one server.

use std::{
    future::pending,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use hongbao_domain::store::{Action, Outcome, RequestStep};
use hongbao_ports::{Commands, Fault};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::world::World;

/// Whatever a server does goes through its process. Once that is dead, none of its calls goes on: to all others, and to
/// the store and the cloud, that is the same as if its tasks were gone.
pub(crate) struct Process {
    pub(crate) world: Arc<World>,
    name: String,
    pub(crate) dead: CancellationToken,
    cut_off_until: Mutex<Option<Instant>>,
}

impl Process {
    pub(crate) fn start(world: &Arc<World>, name: String) -> Self {
        world.note(format!("{name} starts"));
        Self { world: Arc::clone(world), name, dead: CancellationToken::new(), cut_off_until: Mutex::default() }
    }

    pub(crate) fn note(&self, line: &str) {
        self.world.note(format!("{} {line}", self.name));
    }

    pub(crate) fn kill(&self, moment: &str) {
        self.note(&format!("dies {moment}"));
        self.dead.cancel();
    }

    /// A moment at which the process may die.
    pub(crate) async fn step(&self, moment: &str) {
        if !self.dead.is_cancelled() && self.world.happens(self.world.chances.crash) {
            self.kill(moment);
        }
        if self.dead.is_cancelled() {
            pending::<()>().await;
        }
    }

    /// Takes the store away for a while, sometimes for longer than a batch is attempted.
    pub(crate) fn cut_off(&self) {
        let span = Duration::from_secs(1 + u64::try_from(self.world.below(8)).expect("it is small"));
        *self.cut_off_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + span);
    }

    /// Whether the store is away.
    pub(crate) fn is_cut_off(&self) -> bool {
        let until = *self.cut_off_until.lock().unwrap_or_else(PoisonError::into_inner);
        !self.world.healed.is_cancelled() && until.is_some_and(|until| Instant::now() < until)
    }

    async fn stall(&self, moment: &str) {
        let chances = &self.world.chances;
        let is_likely = chances.stall > 0 && moment == chances.stall_at;
        if self.world.happens(if is_likely { 60 } else { chances.stall }) {
            self.note(&format!("stands still {moment}"));
            // About as long as a lease, or much shorter.
            let least = [0, 13_000][self.world.below(2)];
            self.world.pause(least..least + 6_000).await;
        }
    }
}

/// The store as the use cases of a server know it: each step may die or stand still before and after it.
pub(crate) struct StallingCommands {
    pub(crate) commands: Arc<dyn Commands>,
    pub(crate) process: Arc<Process>,
}

#[async_trait]
impl Commands for StallingCommands {
    async fn run(&self, action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault> {
        let name = action.name();
        self.process.step(name).await;
        self.process.stall(name).await;
        self.process.step(name).await;
        let outcome = self.commands.run(action, step).await;
        self.process.stall(name).await;
        self.process.step(name).await;
        outcome
    }
}
