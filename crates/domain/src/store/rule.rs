//! What a rule is: one kind of action, which names the rows that it needs, and decides on them.

use super::{Answer, Book, Keys, Work};
use crate::{id::CommandId, time::Timestamp};

/// What one kind of action needs and decides. It is implemented beside the noun that it is about.
pub trait Rule {
    /// The answer when it is done.
    type Done;
    /// Why the business says no. Nothing was changed then but the request that the command is a step of.
    type Refusal;

    /// Names the rows that the decision needs.
    fn touch(&self, keys: &mut Keys);

    /// Decides on the rows of `book`, and changes them. `command` groups the postings.
    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Self::Done, Self::Refusal>;
}

/// A rule that may be a step of a request under a key.
pub(crate) trait StepRule: Rule {
    /// Says what the answer makes of the request.
    fn progress(&self, answer: &Result<Self::Done, Self::Refusal>, book: &Book) -> Progress;
}

/// What a step has made of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It goes on with this work, under a lease that ends then.
    Runs(Work, Timestamp),
    /// It is decided, and this is the answer.
    Final(Answer),
    /// Nothing of it is left, so that the same key may run again.
    Forgotten,
    /// It is as it was.
    Same,
}
