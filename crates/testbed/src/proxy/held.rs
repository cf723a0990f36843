//! A COMMIT that is still on its way when its client has given up.

use tokio::sync::oneshot;

use super::{
    shared::{Shared, lock},
    side::Side,
    wire::{Message, SYNC},
};

pub(super) struct Held {
    server: Side,
    commit: Message,
    released: oneshot::Receiver<oneshot::Sender<String>>,
}

impl Held {
    /// Is known to the proxy from now on.
    pub(super) fn new(server: Side, commit: Message, shared: &Shared) -> Self {
        let (release, released) = oneshot::channel();
        lock(&shared.held).push(release);
        Self { server, commit, released }
    }

    /// Waits for its release, then delivers the COMMIT and says what the server answered.
    pub(super) async fn deliver(self) {
        let Self { mut server, commit, released } = self;
        let Ok(answer) = released.await else { return };
        let mut bytes = commit.0;
        if bytes[0] == b'E' {
            bytes.extend(SYNC);
        }
        if server.send(&bytes).await.is_err() {
            return;
        }
        while let Some(message) = server.next().await {
            if let Some(verdict) = message.verdict() {
                // The caller that asked may have gone.
                let _told = answer.send(verdict);
                return;
            }
        }
    }
}
