//! The server of the contract, its users and their money.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use hongbao_app::{Swept, Timing};
use hongbao_domain::user::UserStatus;
use hongbao_testkit::{
    OPEN,
    server::{Answer, Settings, TestServer, until},
};
use serde_json::Value;
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};

use crate::{
    overview::Overview,
    request::{Request, accept, publish},
};

/// Long enough for a busy machine; only a broken test waits for it.
const LIMIT: Duration = Duration::from_secs(20);

/// For how long a packet can be claimed.
pub(crate) const LIFE: Duration = Duration::from_hours(24);

/// The only path that red packets call at the cloud.
pub(crate) const PRIVATE_MESSAGE: &str = "/message/private/publish.json";

/// Alice has 100 CNY and nothing else, bob has 50 CNY, carol has nothing at all, dave is disabled.
pub(crate) const USERS: [&str; 4] = ["alice", "bob", "carol", "dave"];

/// A server that does not wait long for the cloud.
pub(crate) fn impatient() -> Settings {
    let timing = Timing {
        pacing: Duration::from_secs(1),
        cloud_timeout: Duration::from_millis(400),
        deadline: Duration::from_secs(10),
        lease: Duration::from_secs(15),
        clean_up_interval: Duration::from_secs(1),
    };
    let mut settings = Settings { timing, ..settings() };
    settings.cloud.attempt_timeout = Duration::from_millis(150);
    settings.cloud.connect_timeout = Duration::from_millis(75);
    settings
}

/// A server as it is by default.
pub(crate) fn settings() -> Settings {
    Settings { expires_in: LIFE, check_pause: LIFE, ..Settings::default() }
}

/// Everything that a test needs.
pub(crate) struct Fixture(TestServer);

impl Deref for Fixture {
    type Target = TestServer;

    fn deref(&self) -> &TestServer {
        &self.0
    }
}

impl DerefMut for Fixture {
    fn deref_mut(&mut self) -> &mut TestServer {
        &mut self.0
    }
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let server = TestServer::start(settings).await;
        let ports = &server.process.ports;
        ports.add_coin("CNY", 2, "0.10", "200").await;
        // No user has an account in it.
        ports.add_coin("USDT", 6, "0.000001", "10000").await;
        for user in USERS {
            server.add_user(user).await;
        }
        ports.set_status("dave", UserStatus { is_active: false, ..OPEN }).await;
        for (user, money) in [("alice", "100"), ("bob", "50")] {
            ports.open_account(user, "CNY").await;
            ports.deposit(user, "CNY", money).await;
        }
        Self(server)
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.begin(request).answer().await
    }

    /// Sends a request and does not wait.
    pub(crate) fn begin(&self, request: Request) -> Call {
        let (query, content_type, body) = request.encode();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut call = self.request(request.method, &format!("{}{query}", request.path));
        for (name, value) in request.headers {
            call = call.header(name, value);
        }
        if let Some(content_type) = content_type {
            call = call.header("Content-Type", content_type);
        }
        let call = call.timeout(LIMIT).body(body);
        Call(tokio::spawn(async move { Answer::read(call.send().await?).await }))
    }

    /// Sends a request that must not be done, and checks that it has moved nothing.
    pub(crate) async fn refuses(&self, request: Request) -> Answer {
        let before = Overview::of(self).await;
        let answer = self.send(request).await;
        assert_ne!(answer.status(), 0, "{:?}", answer.body);
        assert_eq!(Overview::of(self).await, before, "{:?} moved something", answer.body);
        answer
    }

    /// Publishes alice's packet for bob and gives its name.
    pub(crate) async fn published(&self) -> String {
        let answer = self.send(publish()).await;
        assert_eq!(answer.numbers(), (0, ""), "{:?}", answer.body);
        answer.data("transfer_id").to_owned()
    }

    /// Lets bob take a packet, which must be possible.
    pub(crate) async fn accepted(&self, transfer_id: &str) -> Answer {
        let answer = self.send(accept(transfer_id)).await;
        assert_eq!(answer.numbers(), (0, ""), "{:?}", answer.body);
        answer
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
        self.outside.sandbox.messages(user).into_iter().map(letter).collect()
    }

    /// Sends a request on a connection of its own.
    pub(crate) async fn dial(&self, request: &Request) -> Dialled {
        let idle = self.process.session_users();
        let stream = TcpStream::connect(self.process.address).await.expect("the server listens");
        let http = request.to_http();
        stream.writable().await.expect("a new connection can be written to");
        assert_eq!(stream.try_write(http.as_bytes()).expect("a new connection has room"), http.len());
        Dialled { stream, idle }
    }

    /// Cuts a connection and waits until the server has noticed.
    pub(crate) async fn hang_up(&self, dialled: Dialled) {
        assert!(self.process.session_users() > dialled.idle, "the request is being handled");
        // Without this, the end of the connection would look like the end of the request's body only.
        dialled.stream.set_zero_linger().expect("the option is known");
        drop(dialled.stream);
        until("the request is given up", || self.process.session_users() == dialled.idle).await;
    }

    pub(crate) async fn sweep(&self) -> Swept {
        self.process.sweep().await
    }

    /// Moves the clock past the lease of whatever is running.
    pub(crate) fn outlast_the_lease(&self) {
        self.outside.clock.advance(self.settings.timing.lease);
    }

    /// Kills the server where it stands and starts another one on the same file.
    pub(crate) async fn crash(self) -> Self {
        Self(self.0.crash().await)
    }

    /// Stops the server in order and starts another one on the same file.
    pub(crate) async fn restart(self) -> Self {
        Self(self.0.restart().await)
    }
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

/// A request on its way.
pub(crate) struct Call(JoinHandle<reqwest::Result<Answer>>);

impl Call {
    pub(crate) async fn answer(self) -> Answer {
        self.0.await.expect("answers can be read").expect("the server answers")
    }

    /// Waits for the end of the connection, without an answer.
    pub(crate) async fn ends_unanswered(self) {
        let lost = timeout(LIMIT, self.0).await.expect("the connection ends").expect("answers can be read");
        assert!(lost.is_err(), "no server can answer: {lost:?}");
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.0.is_finished()
    }
}

/// A connection with a request on it.
pub(crate) struct Dialled {
    stream: TcpStream,
    idle: usize,
}
