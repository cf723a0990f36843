//! A server with what is around it, its users, and a client.

use std::time::Duration;

use hongbao_app::Swept;
use hongbao_domain::{
    id::{SessionKey, UserId},
    ledger::{AccountKey, Deposit, OpenAccount},
    money::{Amount, Coin, Quantity, Scale},
    user::UserStatus,
};
use hongbao_ledger::Batches;
use hongbao_ports::{Clock, Ledger, Sessions, Users};
use reqwest::Client;
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};

use crate::{
    answer::Answer,
    outside::Outside,
    request::{Request, accept, publish},
    script::{PATIENCE, Script},
    server::{Pace, Server, until},
    world::World,
};

/// Alice has 100 CNY and nothing else, bob has 50 CNY, carol has nothing at all, dave is disabled.
pub(crate) const USERS: [&str; 4] = ["alice", "bob", "carol", "dave"];

/// Coins: id, decimal places, smallest and largest packet. Nobody has an account in USDT.
const COINS: [(&str, u8, &str, &str); 2] = [("CNY", 2, "0.10", "200"), ("USDT", 6, "0.000001", "10000")];

const MONEY: [(&str, &str); 2] = [("alice", "100"), ("bob", "50")];

/// Longer than any test moves the clock.
const SESSION_LIFE: Duration = Duration::from_hours(365 * 24);

pub(crate) fn session_of(user: &str) -> String {
    format!("session-{user}")
}

/// Everything that a test needs.
pub(crate) struct Stack {
    pub(crate) outside: Outside,
    pub(crate) script: Script,
    server: Server,
    pace: Pace,
    http: Client,
}

impl Stack {
    pub(crate) async fn start() -> Self {
        Self::with(Pace::default()).await
    }

    pub(crate) async fn with(pace: Pace) -> Self {
        let (outside, script) = (Outside::new(), Script::default());
        let server = Server::start(&outside, &script, pace).await;
        let http = Client::builder().no_proxy().timeout(PATIENCE).build().expect("the client has no odd settings");
        let stack = Self { outside, script, server, pace, http };
        stack.fill().await;
        stack
    }

    async fn fill(&self) {
        let ledger = self.ledger();
        for (id, places, min, max) in COINS {
            let scale = Scale::new(places).expect("a coin has at most 18 places");
            let coin =
                Coin::try_new(parse(id), scale, amount(min, scale), amount(max, scale)).expect("limits in order");
            ledger.add_coin(coin).await.expect("a new coin can be added");
        }
        for user in USERS {
            let (id, key): (UserId, SessionKey) = (parse(user), parse(&session_of(user)));
            let status = UserStatus { is_active: true, takes_friend_requests: true };
            ledger.set_status(id, status).await.expect("a user can be added");
            let until = self.outside.clock.now().after(SESSION_LIFE);
            ledger.register(&key, id, until).await.expect("a session can be registered");
            let status = UserStatus { is_active: user != "dave", ..status };
            ledger.set_status(id, status).await.expect("a user can be disabled");
        }
        for (user, text) in MONEY {
            let account = AccountKey { user: parse(user), coin: parse("CNY") };
            let scale = Scale::new(2).expect("a coin has at most 18 places");
            let deposit = Deposit { reference: parse(&format!("for-{user}")), account, amount: amount(text, scale) };
            ledger.open_account(OpenAccount { account }).await.expect("an account can be opened");
            ledger.deposit(deposit).await.expect("money can be brought in");
        }
    }

    /// The ledger beside the script, to look at and to prepare things.
    pub(crate) fn ledger(&self) -> &Batches {
        &self.server.ledger
    }

    pub(crate) const fn server(&self) -> &Server {
        &self.server
    }

    pub(crate) const fn server_mut(&mut self) -> &mut Server {
        &mut self.server
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.begin(request).answer().await
    }

    /// Sends a request and does not wait.
    pub(crate) fn begin(&self, request: Request) -> Call {
        let (query, content_type, body) = request.encode();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("http://{}{}{query}", self.server.address, request.path);
        let mut call = self.http.request(request.method, url);
        for (name, value) in request.headers {
            call = call.header(name, value);
        }
        if let Some(content_type) = content_type {
            call = call.header("Content-Type", content_type);
        }
        let call = call.body(body);
        Call(tokio::spawn(async move { Answer::read(call.send().await?).await }))
    }

    /// Sends a request that must not be done, and checks that it has moved nothing.
    pub(crate) async fn refuses(&self, request: Request) -> Answer {
        let before = World::of(self).await;
        let answer = self.send(request).await;
        assert_ne!(answer.status(), 0, "{:?}", answer.body);
        assert_eq!(World::of(self).await, before, "{:?} moved something", answer.body);
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

    /// Sends a request on a connection of its own.
    pub(crate) async fn dial(&self, request: &Request) -> Dialled {
        let idle = self.server.session_users();
        let stream = TcpStream::connect(self.server.address).await.expect("the server listens");
        let http = request.to_http();
        stream.writable().await.expect("a new connection can be written to");
        assert_eq!(stream.try_write(http.as_bytes()).expect("a new connection has room"), http.len());
        Dialled { stream, idle }
    }

    /// Cuts a connection and waits until the server has noticed.
    pub(crate) async fn hang_up(&self, dialled: Dialled) {
        assert!(self.server.session_users() > dialled.idle, "the request is being handled");
        // Without this, the end of the connection would look like the end of the request's body only.
        dialled.stream.set_zero_linger().expect("the option is known");
        drop(dialled.stream);
        until("the request is given up", || self.server.session_users() == dialled.idle).await;
    }

    pub(crate) async fn sweep(&self) -> Swept {
        self.server.sweep().await
    }

    /// Moves the clock past the lease of whatever is running.
    pub(crate) fn outlast_the_lease(&self) {
        self.outside.clock.advance(self.pace.timing.lease);
    }

    /// Kills the server where it stands and starts another one on the same file.
    pub(crate) async fn crash(self) -> Self {
        let Self { outside, script: _, server, pace, http } = self;
        server.crash().await;
        let script = Script::default();
        let server = Server::start(&outside, &script, pace).await;
        Self { outside, script, server, pace, http }
    }

    /// Stops the server in order and starts another one on the same file.
    pub(crate) async fn restart(self) -> Self {
        let Self { outside, script, server, pace, http } = self;
        server.stop().await;
        let server = Server::start(&outside, &script, pace).await;
        Self { outside, script, server, pace, http }
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is well formed"))
}

fn amount(text: &str, scale: Scale) -> Amount {
    parse::<Quantity>(text).to_amount(scale).expect("the amount fits its coin")
}

/// A request on its way.
pub(crate) struct Call(JoinHandle<reqwest::Result<Answer>>);

impl Call {
    pub(crate) async fn answer(self) -> Answer {
        self.0.await.expect("answers can be read").expect("the server answers")
    }

    /// Waits for the end of the connection, without an answer.
    pub(crate) async fn ends_unanswered(self) {
        let lost = timeout(PATIENCE, self.0).await.expect("the connection ends").expect("answers can be read");
        assert!(lost.is_err(), "nobody can answer: {lost:?}");
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
