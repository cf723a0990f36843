//! What is there before a server starts and after it has died: its file, the time, the cloud.

use std::{net::TcpListener, sync::Arc};

use hongbao_sandbox::{Options, Sandbox};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{ManualClock, SeqIds};

/// The world around a server.
pub struct Outside {
    folder: Arc<TempDir>,
    /// The only time there is.
    pub clock: Arc<ManualClock>,
    /// The identifiers of all servers on the file: two must never name an attempt alike.
    pub ids: Arc<SeqIds>,
    /// The cloud.
    pub sandbox: Sandbox,
    pub(super) app_key: String,
    pub(super) app_secret: String,
    /// Where the cloud listens.
    pub cloud_url: String,
    _stop: DropGuard,
}

impl Outside {
    /// Makes a folder, and starts a sandbox that has this app.
    pub fn new(app_key: &str, app_secret: &str) -> Self {
        let folder = Arc::new(TempDir::new().expect("a folder can be made"));
        Self::over(folder, Arc::default(), Arc::default(), app_key, app_secret)
    }

    /// The same file beside a new and empty cloud, for the same or another app.
    #[must_use]
    pub fn with_cloud(&self, app_key: &str, app_secret: &str) -> Self {
        Self::over(self.folder.clone(), self.clock.clone(), self.ids.clone(), app_key, app_secret)
    }

    fn over(folder: Arc<TempDir>, clock: Arc<ManualClock>, ids: Arc<SeqIds>, app_key: &str, app_secret: &str) -> Self {
        let (app_key, app_secret) = (app_key.to_owned(), app_secret.to_owned());
        let sandbox = Sandbox::new(Options { app_key: app_key.clone(), app_secret: app_secret.clone().into() });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let cloud_url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        let stop = CancellationToken::new();
        tokio::spawn(hongbao_sandbox::serve(listener, sandbox.clone(), stop.clone().cancelled_owned()));
        Self { folder, clock, ids, sandbox, app_key, app_secret, cloud_url, _stop: stop.drop_guard() }
    }

    /// Gives where the server's file is.
    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("hongbao.db").display())
    }
}
