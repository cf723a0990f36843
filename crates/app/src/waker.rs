//! Waking the deliveries of this server.

use tokio::sync::watch;

/// Wakes this server's deliveries when it has written one: other servers see it when they look. A clone wakes the same.
#[derive(Debug, Clone, Default)]
pub struct Waker(watch::Sender<()>);

impl Waker {
    /// Has what is due looked for at once, or, by those that are at it, again as soon as they are done.
    pub fn wake(&self) {
        self.0.send_replace(());
    }

    pub(crate) fn woken(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}
