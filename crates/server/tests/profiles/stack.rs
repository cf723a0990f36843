//! A server over a file and a sandbox, its users, and a client.

use std::{net::TcpListener, num::NonZeroUsize, sync::Arc, time::Duration};

use hongbao_app::{Friends, ImUsers, InFlight, Messages, RedPacketDeps, RedPackets, Sagas, Timing, groups};
use hongbao_domain::{
    id::{SessionKey, UserId},
    message::ReservedNames,
    user::UserStatus,
};
use hongbao_ledger::Batches;
use hongbao_ports::{
    Clock, CloudUsers, Sessions, Users,
    query::{CachedProfile, ProfileQueries},
};
use hongbao_rongcloud::{RongCloud, Settings};
use hongbao_sandbox::{FaultRule, InjectedFault, Options, Sandbox};
use hongbao_sqlite::SqliteStore;
use hongbao_testkit::{ManualClock, SeqIds};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const GET_TOKEN: &str = "/user/getToken.json";
pub(crate) const REFRESH: &str = "/user/refresh.json";
pub(crate) const INFO: &str = "/user/info.json";
pub(crate) const PRIVATE: &str = "/message/private/publish.json";

/// Parameters of a request.
pub(crate) type Form<'a> = &'a [(&'a str, &'a str)];

/// A store's folder, and the ids of all servers on it: two must never name an attempt alike.
struct Place {
    folder: TempDir,
    ids: Arc<SeqIds>,
}

/// A running server. Alice, bob and carol are active, dave is disabled; nobody has a name.
pub(crate) struct Stack {
    pub(crate) sandbox: Sandbox,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) batches: Arc<Batches>,
    /// Another way to the same cloud.
    pub(crate) cloud: Arc<RongCloud>,
    place: Arc<Place>,
    url: String,
    http: Client,
    _stop: [DropGuard; 2],
}

impl Stack {
    pub(crate) async fn start() -> Self {
        Self::with(|settings| settings).await
    }

    /// Does not wait long for the cloud.
    pub(crate) async fn impatient() -> Self {
        let ms = Duration::from_millis;
        let patience = (ms(150), ms(300), ms(1_500));
        Self::with(|settings| Settings {
            connect_timeout: patience.0,
            attempt_timeout: patience.1,
            timeout: patience.2,
            ..settings
        })
        .await
    }

    pub(crate) async fn with(adjust: impl FnOnce(Settings) -> Settings) -> Self {
        let place = Place { folder: TempDir::new().unwrap(), ids: Arc::new(SeqIds::new()) };
        Self::over(Arc::new(place), "app", "secret", adjust).await
    }

    /// Starts a server over the same file, as the same or as another app, with a new and empty cloud.
    pub(crate) async fn again(&self, app_key: &str, app_secret: &str) -> Self {
        Self::over(self.place.clone(), app_key, app_secret, |settings| settings).await
    }

    async fn over(
        place: Arc<Place>,
        app_key: &str,
        app_secret: &str,
        adjust: impl FnOnce(Settings) -> Settings,
    ) -> Self {
        let sandbox = Sandbox::new(Options { app_key: app_key.to_owned(), app_secret: app_secret.into() });
        let (clock, ids) = (Arc::new(ManualClock::default()), place.ids.clone());
        let (cloud_listener, listener) = (listener(), listener());
        let settings = adjust(Settings {
            base_url: url(&cloud_listener),
            backup_url: None,
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(20),
            timeout: Duration::from_mins(1),
            private_messages_per_minute: None,
            get_token_per_second: None,
            refresh_user_per_second: None,
            user_info_per_second: None,
            ..Settings::for_app(app_key.to_owned(), app_secret.into())
        });
        let timing = Timing {
            pacing: Duration::ZERO,
            cloud_timeout: settings.timeout,
            deadline: settings.timeout * 4 + Duration::from_secs(10),
            ..Timing::default()
        };
        let cloud = Arc::new(RongCloud::try_new(&settings, clock.clone(), ids.clone()).unwrap());
        let file = format!("sqlite://{}/hongbao.db", place.folder.path().display());
        let store = SqliteStore::open(&hongbao_sqlite::Settings::new(file), clock.clone(), ids.clone()).await.unwrap();
        let store = Arc::new(store);
        let batches = Arc::new(Batches::start(store.clone(), ids.clone(), hongbao_ledger::Settings::default()));
        let sagas = Sagas::new();
        let red_packets = RedPackets::new(RedPacketDeps {
            ledger: batches.clone(),
            packets: store.clone(),
            users: store.clone(),
            im_cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            expires_in: Duration::from_hours(24),
        });
        let reserved = ReservedNames { prefix: "HB:".to_owned(), names: vec!["RC:RcCmd".to_owned()] };
        let groups = groups::Groups::new(groups::GroupDeps {
            groups: batches.clone(),
            cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            check_pause: Duration::from_mins(2),
        });
        let shared = hongbao_http::Shared {
            sessions: store.clone(),
            red_packets,
            groups,
            friends: Friends::new(batches.clone(), store.clone(), 5_000, sagas.clone()),
            im_users: ImUsers::new(batches.clone(), store.clone(), cloud.clone(), sagas.clone(), timing),
            messages: Messages::new(store.clone(), cloud.clone(), reserved, sagas, timing),
            in_flight: InFlight::default(),
            ids,
            bodies: hongbao_http::BodyBudget::new(64 << 20),
            health: hongbao_http::Health::new(store.clone()),
        };
        let (cloud_stop, stop) = (CancellationToken::new(), CancellationToken::new());
        tokio::spawn(hongbao_sandbox::serve(cloud_listener, sandbox.clone(), cloud_stop.clone().cancelled_owned()));
        let url = url(&listener);
        let http = hongbao_http::Settings {
            workers: NonZeroUsize::new(1),
            deadline: timing.deadline,
            ..hongbao_http::Settings::default()
        };
        tokio::spawn(hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()));
        add_users(&batches, clock.as_ref()).await;
        let (http, stops) = (Client::builder().no_proxy().build().unwrap(), [cloud_stop, stop]);
        Self { sandbox, store, batches, cloud, place, url, http, _stop: stops.map(CancellationToken::drop_guard) }
    }

    /// Begins a request with a user's session.
    pub(crate) fn post(&self, method: &str, user: &str) -> RequestBuilder {
        self.http.post(format!("{}/im/{method}", self.url)).bearer_auth(format!("session-{user}"))
    }

    /// Begins a reading request with a user's session.
    pub(crate) fn get(&self, method: &str, user: &str) -> RequestBuilder {
        self.http.get(format!("{}/im/{method}", self.url)).bearer_auth(format!("session-{user}"))
    }

    /// Sends a form in alice's name.
    pub(crate) async fn send(&self, method: &str, form: Form<'_>) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.post(method, "alice").header("Content-Type", "application/x-www-form-urlencoded");
        answer(request.body(body)).await
    }

    /// Sends a form in alice's name and gives the data, for it must be done.
    #[track_caller]
    pub(crate) fn done<'a>(&'a self, method: &'a str, form: Form<'a>) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send(method, form).await;
            assert_eq!(answer.numbers(), (200, 0, ""), "{caller}: {:?}", answer.body);
            answer.body["data"].clone()
        }
    }

    /// Makes the next calls to a path fail, until the cloud is asked no more.
    pub(crate) fn fail(&self, path: &str, fault: InjectedFault) {
        self.sandbox.clear_faults();
        self.sandbox.arm(FaultRule::new(path, fault).times(9));
    }

    /// How often the cloud was asked on a path.
    pub(crate) fn asked(&self, path: &str) -> u64 {
        self.sandbox.counters().paths.get(path).copied().unwrap_or_default()
    }

    /// What the cloud holds of alice's name.
    pub(crate) fn name_at_cloud(&self) -> Option<String> {
        self.sandbox.user("alice").map(|user| user.name)
    }

    /// Our copy of alice.
    pub(crate) async fn copy(&self) -> CachedProfile {
        self.store.cached(&self.cloud.app(), alice()).await.unwrap().unwrap()
    }
}

pub(crate) fn alice() -> UserId {
    "alice".parse().unwrap()
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

async fn add_users(batches: &Batches, clock: &dyn Clock) {
    for name in ["alice", "bob", "carol", "dave"] {
        let (user, key): (UserId, SessionKey) = (name.parse().unwrap(), format!("session-{name}").parse().unwrap());
        let status = UserStatus { is_active: true, takes_friend_requests: true };
        batches.set_status(user, status).await.unwrap();
        batches.register(&key, user, clock.now().after(Duration::from_hours(1))).await.unwrap();
        batches.set_status(user, UserStatus { is_active: name != "dave", ..status }).await.unwrap();
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The HTTP status, the contract's status and the code, which is empty on status 0.
    pub(crate) fn numbers(&self) -> (u16, u64, &str) {
        let code = self.body["data"]["code"].as_str().unwrap_or_default();
        (self.http_status, self.body["status"].as_u64().unwrap(), code)
    }

    /// What is wrong, as status 3, and whether to try again.
    pub(crate) fn cloud_failure(&self) -> (&str, bool) {
        assert_eq!((self.http_status, self.body["status"].as_u64()), (200, Some(3)), "{:?}", self.body);
        (self.numbers().2, self.body["data"]["retryable"].as_bool().unwrap())
    }

    /// The parameter at fault, which must be status 100.
    pub(crate) fn parameter(&self) -> &str {
        assert_eq!(self.numbers(), (400, 100, "invalid_request"), "{:?}", self.body);
        self.body["data"]["parameter"].as_str().unwrap()
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let http_status = response.status().as_u16();
    Answer { http_status, body: serde_json::from_str(&response.text().await.unwrap()).unwrap() }
}
