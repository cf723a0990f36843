//! Commands about requests themselves: what the book decides nothing else for.

use std::{convert::Infallible, time::Duration};

use super::{Answer, Book, Keys, Progress, RequestName, RequestState, Rule, StepRule, Work};
use crate::{group::Stale, id::CommandId};

/// Asks what has become of a request. Where its key is in use, the answer is that; it changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskRequest;

/// Says that the key is not in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyIsFree;

impl Rule for AskRequest {
    type Done = Infallible;
    type Refusal = KeyIsFree;

    fn touch(&self, _: &mut Keys) {}

    fn apply(&self, _: &mut Book, _: CommandId) -> Result<Infallible, KeyIsFree> {
        Err(KeyIsFree)
    }
}

impl StepRule for AskRequest {
    fn progress(&self, _: &Result<Infallible, KeyIsFree>, _: &Book) -> Progress {
        Progress::Same
    }
}

/// Asks to remember an answer that was found without a command of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAnswer {
    /// What the request has come to.
    pub answer: Box<Answer>,
}

impl Rule for RecordAnswer {
    type Done = ();
    type Refusal = Infallible;

    fn touch(&self, _: &mut Keys) {}

    fn apply(&self, _: &mut Book, _: CommandId) -> Result<(), Infallible> {
        Ok(())
    }
}

impl StepRule for RecordAnswer {
    fn progress(&self, _: &Result<(), Infallible>, _: &Book) -> Progress {
        Progress::Final(self.answer.as_ref().clone())
    }
}

/// What the IM cloud is asked to do that leaves no row of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Deliver a message.
    Message,
    /// Change a profile.
    Refresh,
}

/// Asks to keep a key for a call to the IM cloud that is about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeginCall {
    /// What for.
    pub call: Call,
    /// How long the caller is trusted to finish.
    pub lease: Duration,
}

impl Rule for BeginCall {
    type Done = Work;
    type Refusal = Infallible;

    fn touch(&self, _: &mut Keys) {}

    fn apply(&self, _: &mut Book, command: CommandId) -> Result<Work, Infallible> {
        Ok(match self.call {
            Call::Message => Work::Message(command),
            Call::Refresh => Work::Refresh(command),
        })
    }
}

impl StepRule for BeginCall {
    fn progress(&self, answer: &Result<Work, Infallible>, book: &Book) -> Progress {
        match *answer {
            Ok(work) => Progress::Runs(work, book.now().after(self.lease)),
            Err(never) => match never {},
        }
    }
}

/// Asks to end a request that runs with what its call has come to. A repeat changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndCall {
    /// Which request.
    pub name: RequestName,
    /// What [`BeginCall`] gave.
    pub work: Work,
    /// What is remembered; `None`: nothing, so that the same key may run again.
    pub answer: Option<Box<Answer>>,
}

impl Rule for EndCall {
    type Done = ();
    type Refusal = Stale;

    fn touch(&self, keys: &mut Keys) {
        keys.requests.insert(self.name);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Stale> {
        let state = book.requests.get(&self.name).map(|request| &request.state);
        let is_ours = match (state, &self.answer) {
            (Some(RequestState::Running { work, .. }), _) => *work == self.work,
            (None, None) => true,
            (Some(RequestState::Final(_)), _) | (None, Some(_)) => false,
        };
        if is_ours { Ok(()) } else { Err(Stale) }
    }
}

impl StepRule for EndCall {
    fn progress(&self, answer: &Result<(), Stale>, _: &Book) -> Progress {
        match (answer, &self.answer) {
            (Ok(()), Some(answer)) => Progress::Final(answer.as_ref().clone()),
            (Ok(()), None) => Progress::Forgotten,
            (Err(Stale), _) => Progress::Same,
        }
    }
}
