//! A server over a file and a sandbox, and a client of its users.

mod answer;
mod outside;
mod process;
mod settings;
mod wiring;

use std::time::Duration;

use hongbao_ports::Clock;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

pub use self::{
    answer::Answer,
    outside::Outside,
    process::{Process, until},
    settings::Settings,
};
use crate::{Faults, session_of};

/// Longer than any test moves the clock.
const SESSION_LIFE: Duration = Duration::from_hours(365 * 24);

/// A running server with what is around it, put together as the binary does it.
///
/// It runs in a runtime of its own, so that it can die in the middle of anything. Dropping it is a crash.
pub struct TestServer {
    /// What outlives it.
    pub outside: Outside,
    /// How it is set up, also when it is started again.
    pub settings: Settings,
    /// What is to happen at its store's and its cloud's ports.
    pub faults: Faults,
    /// What runs.
    pub process: Process,
    http: Client,
}

impl TestServer {
    /// Starts a server on a new and empty file, beside a new sandbox.
    pub async fn start(settings: Settings) -> Self {
        Self::on(Outside::new("app", "secret"), settings).await
    }

    /// Starts a server on a file that is there.
    pub async fn on(outside: Outside, settings: Settings) -> Self {
        let faults = Faults::default();
        let process = Process::start(&outside, &settings, &faults).await;
        let http = Client::builder().no_proxy().build().expect("the client has no odd settings");
        Self { outside, settings, faults, process, http }
    }

    /// Kills the server where it stands and starts another one on the same file, without faults.
    #[must_use]
    pub async fn crash(self) -> Self {
        self.process.crash().await;
        Self::on(self.outside, self.settings).await
    }

    /// Stops the server in order and starts another one on the same file.
    #[must_use]
    pub async fn restart(self) -> Self {
        self.process.stop().await;
        Self::on(self.outside, self.settings).await
    }

    /// Adds a user who may do everything and is logged in.
    pub async fn add_user(&self, name: &str) {
        self.process.ports.add_user(name, self.outside.clock.now().after(SESSION_LIFE)).await;
    }

    /// Begins any request; `path` may have a query.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.process.address))
    }

    /// Begins a reading request in the name of a user; `method` may have a query.
    pub fn get(&self, user: &str, method: &str) -> RequestBuilder {
        self.request(Method::GET, &format!("/im/{method}")).bearer_auth(session_of(user))
    }

    /// Begins a request in the name of a user, still without a body.
    pub fn post(&self, user: &str, method: &str) -> RequestBuilder {
        self.request(Method::POST, &format!("/im/{method}")).bearer_auth(session_of(user))
    }

    /// Begins a request with a form in the name of a user.
    pub fn form(&self, user: &str, method: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.post(user, method).header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }

    /// Sends a form in the name of a user, and gives the contract's status and the data.
    pub async fn call(&self, user: &str, method: &str, form: &[(&str, &str)]) -> (u64, Value) {
        Answer::of(self.form(user, method, form)).await.into_parts()
    }
}
