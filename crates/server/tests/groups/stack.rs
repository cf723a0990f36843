//! The HTTP app over SQLite and the sandbox, with a clock that is moved by hand.

use std::{
    net::{SocketAddr, TcpListener},
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};

use hongbao_app::{
    Friends, ImUsers, InFlight, Messages, RedPacketDeps, RedPackets, Sagas, Timing,
    groups::{self, Groups, Reconciler},
};
use hongbao_domain::{message::ReservedNames, user::UserStatus};
use hongbao_ledger::Batches;
use hongbao_ports::{Clock, Sessions, Users};
use hongbao_rongcloud::RongCloud;
use hongbao_sandbox::{FaultRule, InjectedFault, Options, Sandbox};
use hongbao_sqlite::{Settings, SqliteStore};
use hongbao_testkit::{ManualClock, SeqIds};
use reqwest::Client;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const PAUSE: Duration = Duration::from_mins(2);
/// How long the store waits for another process that writes.
const BRIEFLY: Duration = Duration::from_millis(50);
const YEAR: Duration = Duration::from_hours(365 * 24);

/// Everything that a test needs. Alice, bob and carol are logged in.
pub(crate) struct Stack {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) reconciler: Reconciler,
    address: SocketAddr,
    http: Client,
    ids: Arc<SeqIds>,
    folder: TempDir,
    _stop: DropGuard,
}

/// The contract's number and `data`.
pub(crate) type Answer = (u64, Value);

impl Stack {
    pub(crate) async fn start() -> Self {
        let stop = CancellationToken::new();
        let bind = || TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address_of = |listener: &TcpListener| listener.local_addr().expect("it listens");
        let (key, secret) = ("key".to_owned(), "secret");
        let sandbox = Sandbox::new(Options { app_key: key.clone(), app_secret: secret.into() });
        let listener = bind();
        let base_url = format!("http://{}", address_of(&listener));
        tokio::spawn(hongbao_sandbox::serve(listener, sandbox.clone(), stop.clone().cancelled_owned()));

        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
        let settings = hongbao_rongcloud::Settings {
            base_url,
            backup_url: None,
            connect_timeout: Duration::from_millis(500),
            attempt_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            ..hongbao_rongcloud::Settings::for_app(key, secret.into())
        };
        let cloud = Arc::new(RongCloud::try_new(&settings, clock.clone(), ids.clone()).expect("good settings"));
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}/hongbao.db", folder.path().display());
        let store = Arc::new(
            SqliteStore::open(&Settings { busy_timeout: BRIEFLY, ..Settings::new(url) }, clock.clone(), ids.clone())
                .await
                .expect("the store opens"),
        );
        let batches = Arc::new(Batches::start(store.clone(), ids.clone(), hongbao_ledger::Settings::default()));
        let (sagas, timing) = (Sagas::new(), Timing { cloud_timeout: Duration::from_secs(1), ..Timing::default() });
        let world = RedPacketDeps {
            ledger: batches.clone(),
            packets: store.clone(),
            users: store.clone(),
            im_cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            expires_in: YEAR,
        };
        let gathering = groups::GroupDeps {
            groups: batches.clone(),
            cloud: cloud.clone(),
            ids: ids.clone(),
            sagas: sagas.clone(),
            timing,
            check_pause: PAUSE,
        };
        let reconciler = Reconciler::new(gathering.clone(), store.clone());
        let named = ids.clone();
        let shared = hongbao_http::Shared {
            sessions: store.clone(),
            red_packets: RedPackets::new(world),
            groups: Groups::new(gathering),
            friends: Friends::new(batches.clone(), store.clone(), 5_000, sagas.clone()),
            im_users: ImUsers::new(batches.clone(), store.clone(), cloud.clone(), sagas.clone(), timing),
            messages: Messages::new(store.clone(), cloud, ReservedNames::default(), sagas, timing),
            in_flight: InFlight::default(),
            ids,
            bodies: hongbao_http::BodyBudget::new(64 << 20),
            health: hongbao_http::Health::new(store.clone()),
        };
        let listener = bind();
        let address = address_of(&listener);
        let http = hongbao_http::Settings {
            workers: NonZeroUsize::new(1),
            deadline: timing.deadline,
            ..hongbao_http::Settings::default()
        };
        tokio::spawn(hongbao_http::serve(listener, shared, http, stop.clone().cancelled_owned()));

        let status = UserStatus { is_active: true, takes_friend_requests: true };
        for user in ["alice", "bob", "carol"] {
            let id = user.parse().expect("an id");
            batches.set_status(id, status).await.expect("it is stored");
            let key = format!("session-{user}").parse().expect("a key");
            batches.register(&key, id, clock.now().after(YEAR)).await.expect("it is stored");
        }
        let http = Client::builder().no_proxy().build().expect("no odd settings");
        Self { sandbox, clock, store, reconciler, address, http, ids: named, folder, _stop: stop.drop_guard() }
    }

    /// Calls a method with a form, in the name of a user.
    pub(crate) async fn call(&self, user: &str, method: &str, fields: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("session_key", &format!("session-{user}"))
            .extend_pairs(fields)
            .finish();
        let sent = self
            .http
            .post(format!("http://{}/im/{method}", self.address))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form)
            .send();
        let body = sent.await.expect("an answer comes").bytes().await.expect("it is whole");
        let mut envelope: Value = serde_json::from_slice(&body).expect("it is an envelope");
        (envelope["status"].as_u64().expect("a number"), envelope["data"].take())
    }

    pub(crate) async fn create(&self) -> Answer {
        self.call("alice", "group_create", &[("group_name", "好友"), ("memo", "爬山")]).await
    }

    /// Creates alice's group, which must be possible, and gives its id.
    pub(crate) async fn group(&self) -> String {
        let (status, data) = self.create().await;
        assert_eq!(status, 0, "{data}");
        data["group_id"].as_str().expect("a text").to_owned()
    }

    pub(crate) async fn join(&self, user: &str, group: &str) -> Answer {
        self.call(user, "group_join", &[("group_id", group)]).await
    }

    pub(crate) fn inject(&self, path: &str, fault: InjectedFault) {
        assert!(self.sandbox.arm(FaultRule::new(path, fault)));
    }

    /// Minutes pass in which the reconciler works.
    pub(crate) async fn pass_minutes(&self) {
        for _ in 0..5 {
            self.reconciler.sweep().await.expect("what is due can be read");
            self.clock.advance(PAUSE);
        }
    }

    /// Who is in the group at the cloud, by name.
    pub(crate) fn at_cloud(&self, group: &str) -> Vec<String> {
        let mut members = self.sandbox.group(group).map(|group| group.members).unwrap_or_default();
        members.sort();
        members
    }

    /// Who is in the group with us, by name.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let rows =
            hongbao_ports::query::GroupQueries::memberships(self.store.as_ref(), group.parse().expect("an id")).await;
        let rows = rows.expect("they can be read");
        rows.iter().filter(|row| row.is_member()).map(|row| row.user.to_string()).collect()
    }

    /// Every group that was named and never came to be.
    pub(crate) async fn discarded(&self) -> Vec<String> {
        let mut discarded = Vec::new();
        for id in self.ids.groups() {
            if self.members(&id.to_string()).await.is_empty() {
                discarded.push(id.to_string());
            }
        }
        discarded
    }

    /// Lets another process write for as long as the connection lives: the store can be read and not written.
    #[expect(clippy::disallowed_methods, reason = "this stands for another process, not for a statement of ours")]
    pub(crate) async fn hold_the_store(&self) -> SqliteConnection {
        let url = format!("sqlite://{}/hongbao.db", self.folder.path().display());
        let mut other = SqliteConnection::connect(&url).await.expect("the file can be opened");
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("nobody else is writing");
        other
    }

    /// Takes the store away altogether.
    pub(crate) async fn close_store(&self) {
        self.store.close().await;
    }
}
