//! The two ways in which a use case can fail.

use std::{error::Error, fmt, sync::Arc};

use hongbao_domain::{id::TransferId, store::RequestRefusal};

/// Why a call did not succeed: the business said no, or the machinery broke.
#[derive(Debug, Clone)]
pub enum Failure<R> {
    /// The business says no, for a reason that the caller is told. Nothing was changed.
    Refused(R),
    /// The machinery broke. The reason is for the log, never for the caller.
    Fault(Fault),
}

impl<R> From<Fault> for Failure<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What is known of the effect of a call that broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A defect of ours, or data that contradicts itself.
    Internal,
    /// Something we need cannot be reached or is too busy; nothing was begun. Trying again is safe.
    Unavailable,
    /// The answer was lost: it may have happened or not.
    Unresolved,
}

/// A broken call: opaque, logged once at the edge with its whole chain of causes.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: FaultKind,
    what: &'static str,
    source: Option<Arc<dyn Error + Send + Sync>>,
    packet: Option<TransferId>,
    request: Option<Arc<RequestRefusal>>,
}

impl Fault {
    const fn new(kind: FaultKind, what: &'static str) -> Self {
        Self { kind, what, source: None, packet: None, request: None }
    }

    /// A defect of ours. `what` says what could not be done: `cannot read the packet`.
    pub const fn internal(what: &'static str) -> Self {
        Self::new(FaultKind::Internal, what)
    }

    /// Something cannot be reached, and nothing was begun.
    pub const fn unavailable(what: &'static str) -> Self {
        Self::new(FaultKind::Unavailable, what)
    }

    /// It may have happened or not.
    pub const fn unresolved(what: &'static str) -> Self {
        Self::new(FaultKind::Unresolved, what)
    }

    /// A step of a request was not taken, for its key is in use, or in other hands by now: this request is not the one that
    /// tells what has happened.
    pub fn key_in_use(refusal: RequestRefusal) -> Self {
        Self { request: Some(Arc::new(refusal)), ..Self::unavailable("cannot begin: the key of the request is in use") }
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Adds the packet that the caller may ask about.
    #[must_use]
    pub const fn about(mut self, packet: TransferId) -> Self {
        self.packet = Some(packet);
        self
    }

    /// Says that something had begun before this broke: what was unavailable is now unresolved.
    #[must_use]
    pub const fn after_begin(mut self) -> Self {
        if matches!(self.kind, FaultKind::Unavailable) {
            self.kind = FaultKind::Unresolved;
        }
        self
    }

    /// Gives what is known of the effect.
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Gives what has become of the request whose key is in use.
    pub fn request(&self) -> Option<&RequestRefusal> {
        self.request.as_deref()
    }

    /// Gives the packet that the caller may ask about, where one was begun.
    pub const fn packet(&self) -> Option<TransferId> {
        self.packet
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

/// Prints an error with all its causes: `cannot read the packet: disk I/O error`.
pub struct Chain<'error>(pub &'error (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some libraries say their source in their own text.
            if !said.ends_with(&text) {
                write!(f, ": {text}")?;
                said = text;
            }
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_names_every_cause_once() {
        let fault = Fault::unavailable("cannot lock the packet").because(Fault::internal("disk is full"));
        assert_eq!(Chain(&fault).to_string(), "cannot lock the packet: disk is full");
        let wordy = Fault::internal("it broke: disk is full").because(Fault::internal("disk is full"));
        assert_eq!(Chain(&wordy).to_string(), "it broke: disk is full");
    }

    #[test]
    fn what_breaks_after_the_begin_is_unresolved() {
        assert_eq!(Fault::unavailable("x").after_begin().kind(), FaultKind::Unresolved);
        assert_eq!(Fault::internal("x").after_begin().kind(), FaultKind::Internal);
    }
}
