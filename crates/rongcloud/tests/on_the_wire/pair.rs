//! The sandbox, on one host or on two that share its users, messages, groups and faults.
#![expect(clippy::unwrap_used, reason = "a host that cannot be set up fails the test that wants it")]

use std::{
    future, io,
    net::{SocketAddr, TcpListener},
};

use hongbao_rongcloud::Settings;
use hongbao_sandbox::{Message, Options, Sandbox, serve};
use serde::Deserialize;
use tokio::{sync::oneshot, task::JoinHandle};

use crate::fixture::{APP_KEY, APP_SECRET, impatient, settings};

/// A sandbox on one host, and its URL. It ends with the test's runtime.
pub(crate) fn start() -> (Sandbox, String) {
    let sandbox = sandbox();
    let host = Host::of(&sandbox);
    (sandbox, host.url())
}

/// The two hosts of a data centre. What is done on one is seen on the other.
pub(crate) struct Pair {
    pub(crate) sandbox: Sandbox,
    pub(crate) primary: Host,
    pub(crate) backup: Host,
}

impl Pair {
    pub(crate) fn start() -> Self {
        let sandbox = sandbox();
        Self { primary: Host::of(&sandbox), backup: Host::of(&sandbox), sandbox }
    }

    /// Patient settings.
    pub(crate) fn settings(&self) -> Settings {
        settings(self.primary.url(), Some(self.backup.url()))
    }

    /// Settings for a cloud that lets us wait.
    pub(crate) fn impatient(&self) -> Settings {
        impatient(self.primary.url(), Some(self.backup.url()))
    }

    /// How often each host was asked.
    pub(crate) fn asked(&self) -> [usize; 2] {
        let requests = self.sandbox.requests(None);
        [&self.primary, &self.backup].map(|host| {
            let name = host.address.to_string();
            requests.iter().filter(|request| request.headers["host"] == name).count()
        })
    }

    /// The events of the notices that have come, in order. At the cloud every message is another one.
    pub(crate) fn events(&self) -> Vec<String> {
        let event = |message: Message| serde_json::from_str::<Notice>(&message.content).unwrap().event_id;
        self.sandbox.messages("bob").into_iter().map(event).collect()
    }
}

#[derive(Deserialize)]
struct Notice {
    event_id: String,
}

/// One host of a sandbox. It ends with the test's runtime, unless it is stopped before.
pub(crate) struct Host {
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<io::Result<()>>)>,
}

impl Host {
    fn of(sandbox: &Sandbox) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let until = async {
            if stopped.await.is_err() {
                future::pending::<()>().await;
            }
        };
        Self { address, running: Some((stop, tokio::spawn(serve(listener, sandbox.clone(), until)))) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes its connections; afterwards no server listens there.
    pub(crate) async fn stop(&mut self) {
        let (stop, served) = self.running.take().unwrap();
        stop.send(()).unwrap();
        served.await.unwrap().unwrap();
    }
}

fn sandbox() -> Sandbox {
    Sandbox::new(Options { app_key: APP_KEY.to_owned(), app_secret: APP_SECRET.into() })
}
