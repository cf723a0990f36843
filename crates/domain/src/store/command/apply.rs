//! Commands on the book.

use super::{Batch, Command, Outcome};
use crate::{
    store::{Book, Keys, Progress, Request, RequestRefusal, RequestState, RequestStep, Tables, Work},
    time::Timestamp,
};

impl Keys {
    /// Collects the keys of a whole batch.
    pub fn of(batch: &[Command]) -> Self {
        let mut keys = Self::default();
        for command in batch {
            command.action.touch(&mut keys);
            keys.requests.extend(command.request.map(|step| step.name));
        }
        keys
    }
}

impl Book {
    /// Applies one command. A refused one changes nothing but the request that it is a step of, and does not disturb its
    /// neighbours.
    ///
    /// The first step of a request is not taken while its key is in use, and no step once it is answered.
    pub fn apply(&mut self, command: &Command) -> Outcome {
        let Some(step) = command.request else { return command.action.apply(self, command.id).0 };
        let work = command.action.work();
        match (work, self.requests.get(&step.name)) {
            (None, Some(request)) => return Outcome::Request(request.refusal(step.fingerprint, self.now())),
            // A step that is taken again, its answer was lost, or one of a server that comes late: there is one answer.
            (Some(_), Some(Request { state: RequestState::Final(answer), .. })) => {
                return Outcome::Request(RequestRefusal::Answered(Box::new(answer.clone())));
            }
            (Some(_), Some(_)) | (_, None) => {}
        }
        let (outcome, progress) = command.action.apply(self, command.id);
        let is_forgotten = work.is_none() && outcome.is_done() && matches!(progress, Progress::Same);
        debug_assert!(!is_forgotten, "a first step leaves its request behind");
        self.record(step, work, progress);
        outcome
    }

    /// Records what a step has made of its request. A later step counts only for the work that it goes on with.
    fn record(&mut self, RequestStep { name, fingerprint }: RequestStep, work: Option<Work>, progress: Progress) {
        let (fingerprint, begun_at) = match (work, self.requests.get(&name)) {
            (None, _) => (fingerprint, self.now()),
            (Some(work), Some(request)) if request.runs(work) => (request.fingerprint, request.begun_at),
            (Some(_), _) => return,
        };
        let (state, begun_at) = match progress {
            Progress::Runs(work, lease_until) => {
                (RequestState::Running { work, lease_until }, self.now().max(begun_at))
            }
            Progress::Final(answer) => (RequestState::Final(answer), begun_at),
            Progress::Forgotten => {
                self.requests.remove(&name);
                return;
            }
            Progress::Same => return,
        };
        self.requests.put(Request { name, fingerprint, state, begun_at });
    }
}

impl Tables {
    /// Runs a batch, and gives the outcome of each command.
    pub fn run(&mut self, batch: &Batch, clock: Timestamp) -> Vec<Outcome> {
        let mut book = Book::open(self.load(batch.keys()), clock).telling(batch.audience().clone());
        let outcomes = batch.iter().map(|command| book.apply(command)).collect();
        self.write(book.into_changes());
        outcomes
    }
}
