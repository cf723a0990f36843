//! What is there before a server starts and after it has died: its file, the time, the cloud.

use std::{net::TcpListener, sync::Arc};

use hongbao_sandbox::{Options, Sandbox};
use hongbao_testkit::{ManualClock, SeqIds};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const APP_KEY: &str = "contract-key";
pub(crate) const APP_SECRET: &str = "contract-secret";

/// The only path that red packets call at the cloud.
pub(crate) const PRIVATE_MESSAGE: &str = "/message/private/publish.json";

/// The world around a server.
pub(crate) struct Outside {
    folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: SeqIds,
    pub(crate) sandbox: Sandbox,
    /// Where the sandbox listens.
    pub(crate) cloud_url: String,
    _sandbox_stop: DropGuard,
}

/// A message as its receiver reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) object_name: String,
    pub(crate) from: String,
    pub(crate) event_id: String,
    pub(crate) transfer_id: String,
    pub(crate) remark: Option<String>,
}

impl Outside {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new(Options { app_key: APP_KEY.to_owned(), app_secret: APP_SECRET.into() });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let cloud_url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        let stop = CancellationToken::new();
        tokio::spawn(hongbao_sandbox::serve(listener, sandbox.clone(), stop.clone().cancelled_owned()));
        Self {
            folder: TempDir::new().expect("a folder can be made"),
            clock: Arc::new(ManualClock::default()),
            ids: SeqIds::new(),
            sandbox,
            cloud_url,
            _sandbox_stop: stop.drop_guard(),
        }
    }

    pub(crate) fn database_url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("hongbao.db").display())
    }

    /// Gives what a user has received, oldest first.
    pub(crate) fn inbox(&self, user: &str) -> Vec<Letter> {
        let letter = |message: hongbao_sandbox::Message| {
            let content: Value = serde_json::from_str(&message.content).expect("our messages are JSON");
            let text = |name: &str| content[name].as_str().map(str::to_owned);
            Letter {
                object_name: message.object_name,
                from: message.from_user_id,
                event_id: text("event_id").expect("every message has an event id"),
                transfer_id: text("transfer_id").expect("every message has a transfer id"),
                remark: text("content"),
            }
        };
        self.sandbox.messages(user).into_iter().map(letter).collect()
    }
}
