//! A server over a file and a sandbox, its users and their money, and a client.

use std::{net::TcpListener, num::NonZeroUsize, sync::Arc, time::Duration};

use hongbao_app::{Friends, ImUsers, InFlight, Messages, RedPacketDeps, RedPackets, Sagas, Timing, groups};
use hongbao_domain::{
    id::{SessionKey, UserId},
    ledger::{AccountKey, Deposit, OpenAccount},
    message::ReservedNames,
    money::{Amount, Coin, Quantity, Scale},
    red_packet::{PacketRef, Reserve},
    user::UserStatus,
};
use hongbao_ledger::Batches;
use hongbao_ports::{Clock, Ids, Ledger, Sessions, Users};
use hongbao_rongcloud::{RongCloud, Settings};
use hongbao_sandbox::{Options, Sandbox};
use hongbao_sqlite::SqliteStore;
use hongbao_testkit::{ManualClock, SeqIds};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

/// For how long a packet can be claimed.
pub(crate) const LIFE: Duration = Duration::from_hours(24);
/// Sessions outlive every packet.
const SESSION_LIFE: Duration = Duration::from_hours(365 * 24);

/// What came back: the contract's status, and the data.
pub(crate) type Answer = (u64, Value);

/// A running server. Alice, bob and carol are active and take friend requests; alice has 100.00 CNY and an empty
/// account in USDT.
pub(crate) struct Stack {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) ledger: Arc<Batches>,
    pub(crate) clock: Arc<ManualClock>,
    ids: Arc<SeqIds>,
    url: String,
    http: Client,
    _folder: TempDir,
    _stop: [DropGuard; 2],
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
        let sandbox = Sandbox::new(Options { app_key: "app".to_owned(), app_secret: "secret".into() });
        let (cloud_listener, listener) = (bind(), bind());
        let settings = Settings {
            base_url: url(&cloud_listener),
            backup_url: None,
            private_messages_per_minute: None,
            ..Settings::for_app("app".to_owned(), "secret".into())
        };
        let timing = Timing { pacing: Duration::ZERO, ..Timing::default() };
        let cloud = Arc::new(RongCloud::try_new(&settings, clock.clone(), ids.clone()).unwrap());
        let file = format!("sqlite://{}/hongbao.db", folder.path().display());
        let store = SqliteStore::open(&hongbao_sqlite::Settings::new(file), clock.clone(), ids.clone()).await.unwrap();
        let store = Arc::new(store);
        let batches = Batches::start(store.clone(), ids.clone(), hongbao_ledger::Settings::default());
        let (batches, sagas) = (Arc::new(batches), Sagas::new());
        let world = RedPacketDeps {
            ledger: batches.clone(),
            packets: store.clone(),
            users: store.clone(),
            im_cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            expires_in: LIFE,
        };
        let gathering = groups::GroupDeps {
            groups: batches.clone(),
            cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            check_pause: Duration::from_mins(2),
        };
        let shared = hongbao_http::Shared {
            sessions: store.clone(),
            red_packets: RedPackets::new(world),
            groups: groups::Groups::new(gathering),
            friends: Friends::new(batches.clone(), store.clone(), 5_000, sagas.clone()),
            im_users: ImUsers::new(batches.clone(), store.clone(), cloud.clone(), sagas.clone(), timing),
            messages: Messages::new(store.clone(), cloud, ReservedNames::default(), sagas, timing),
            in_flight: InFlight::default(),
            ids: ids.clone(),
            bodies: hongbao_http::BodyBudget::new(64 << 20),
            health: hongbao_http::Health::new(store.clone()),
        };
        let (cloud_stop, stop) = (CancellationToken::new(), CancellationToken::new());
        tokio::spawn(hongbao_sandbox::serve(cloud_listener, sandbox, cloud_stop.clone().cancelled_owned()));
        let url = url(&listener);
        let http = hongbao_http::Settings {
            workers: NonZeroUsize::new(2),
            deadline: timing.deadline,
            ..hongbao_http::Settings::default()
        };
        tokio::spawn(hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()));
        let (http, stops) = (Client::builder().no_proxy().build().unwrap(), [cloud_stop, stop]);
        let stop = stops.map(CancellationToken::drop_guard);
        let stack = Self { store, ledger: batches, clock, ids, url, http, _folder: folder, _stop: stop };
        stack.fill().await;
        stack
    }

    async fn fill(&self) {
        for user in ["alice", "bob", "carol"] {
            self.join(user).await;
        }
        let scale = Scale::new(2).unwrap();
        for coin in ["CNY", "USDT"] {
            let coin = coin.parse().unwrap();
            let limits = (amount("0.01", scale), amount("20000", scale));
            self.ledger.add_coin(Coin::try_new(coin, scale, limits.0, limits.1).unwrap()).await.unwrap();
            let account = AccountKey { user: user("alice"), coin };
            self.ledger.open_account(OpenAccount { account }).await.unwrap();
        }
        let account = AccountKey { user: user("alice"), coin: "CNY".parse().unwrap() };
        let reference = "for-alice".parse().unwrap();
        self.ledger.deposit(Deposit { reference, account, amount: amount("100", scale) }).await.unwrap();
    }

    /// Lets an active user with a session exist.
    pub(crate) async fn join(&self, name: &str) {
        self.stand(name, OPEN).await;
        let key: SessionKey = session_of(name).parse().unwrap();
        self.ledger.register(&key, user(name), self.clock.now().after(SESSION_LIFE)).await.unwrap();
    }

    pub(crate) async fn stand(&self, name: &str, status: UserStatus) {
        self.ledger.set_status(user(name), status).await.unwrap();
    }

    /// Begins a request with a user's session.
    pub(crate) fn post(&self, name: &str, method: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(format!("{}/im/{method}", self.url)).bearer_auth(session_of(name));
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }

    /// Begins a reading request with a user's session; `method` may have a query.
    pub(crate) fn get(&self, name: &str, method: &str) -> RequestBuilder {
        self.http.get(format!("{}/im/{method}", self.url)).bearer_auth(session_of(name))
    }

    pub(crate) async fn call(&self, name: &str, method: &str, form: &[(&str, &str)]) -> Answer {
        answer(self.post(name, method, form)).await
    }

    /// Sends 8.88 CNY from alice to bob and gives the packet's name.
    pub(crate) async fn publish(&self) -> String {
        let form = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "8.88"), ("content", "恭喜发财")];
        let (status, data) = self.call("alice", "msg_redpack_publish", &form).await;
        assert_eq!(status, 0, "{data}");
        data["transfer_id"].as_str().unwrap().to_owned()
    }

    /// Reserves 1 CNY of alice's for bob, whose message is still on its way.
    pub(crate) async fn sending(&self) -> PacketRef {
        let reserve = Reserve {
            id: self.ids.transfer(),
            sender: user("alice"),
            receiver: user("bob"),
            coin: "CNY".parse().unwrap(),
            quantity: "1".parse().unwrap(),
            remark: "".parse().unwrap(),
            lease: Duration::from_mins(1),
            expires_in: LIFE,
        };
        self.ledger.reserve(reserve).await.unwrap().packet
    }
}

pub(crate) const OPEN: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

pub(crate) fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

fn session_of(name: &str) -> String {
    format!("session-{name}")
}

fn amount(text: &str, scale: Scale) -> Amount {
    text.parse::<Quantity>().unwrap().to_amount(scale).unwrap()
}

fn bind() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let body: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    (body["status"].as_u64().unwrap(), body["data"].clone())
}

/// The status and the code, which is empty on status 0.
pub(crate) fn code(answer: &Answer) -> (u64, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}
