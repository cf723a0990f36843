//! The server, and what the cloud and our copy say of alice.

use std::{ops::Deref, time::Duration};

use hongbao_app::Timing;
use hongbao_domain::{message::ReservedNames, user::UserStatus};
use hongbao_ports::{CloudUsers, query::CachedProfile};
use hongbao_sandbox::{FaultRule, InjectedFault};
use hongbao_testkit::{
    OPEN, alice,
    server::{Answer, Outside, Settings, TestServer},
};
use serde_json::Value;

pub(crate) const GET_TOKEN: &str = "/user/getToken.json";
pub(crate) const REFRESH: &str = "/user/refresh.json";
pub(crate) const INFO: &str = "/user/info.json";
pub(crate) const PRIVATE: &str = "/message/private/publish.json";

/// Parameters of a request.
pub(crate) type Form<'a> = &'a [(&'a str, &'a str)];

/// A running server. Alice, bob and carol are active, dave is disabled; no user has a name.
pub(crate) struct Fixture(TestServer);

impl Deref for Fixture {
    type Target = TestServer;

    fn deref(&self) -> &TestServer {
        &self.0
    }
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Does not wait long for the cloud.
    pub(crate) async fn impatient() -> Self {
        Self::with(|cloud| {
            let ms = Duration::from_millis;
            (cloud.connect_timeout, cloud.attempt_timeout, cloud.timeout) = (ms(150), ms(300), ms(1_500));
        })
        .await
    }

    pub(crate) async fn with(adjust: impl FnOnce(&mut hongbao_rongcloud::Settings)) -> Self {
        Self::on(Outside::new("app", "secret"), adjust).await
    }

    /// Starts a server over the same file, as the same or as another app, with a new and empty cloud.
    pub(crate) async fn again(&self, app_key: &str, app_secret: &str) -> Self {
        Self::on(self.outside.with_cloud(app_key, app_secret), |_| {}).await
    }

    async fn on(outside: Outside, adjust: impl FnOnce(&mut hongbao_rongcloud::Settings)) -> Self {
        let mut settings = Settings::default();
        settings.reserved = ReservedNames { prefix: "HB:".to_owned(), names: vec!["RC:RcCmd".to_owned()] };
        settings.cloud = hongbao_rongcloud::Settings {
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(20),
            timeout: Duration::from_mins(1),
            get_token_per_second: None,
            refresh_user_per_second: None,
            user_info_per_second: None,
            ..settings.cloud
        };
        adjust(&mut settings.cloud);
        settings.timing = Timing {
            pacing: Duration::ZERO,
            cloud_timeout: settings.cloud.timeout,
            deadline: settings.cloud.timeout * 4 + Duration::from_secs(10),
            ..Timing::default()
        };
        let server = TestServer::on(outside, settings).await;
        for user in ["alice", "bob", "carol", "dave"] {
            server.add_user(user).await;
        }
        server.process.ports.set_status("dave", UserStatus { is_active: false, ..OPEN }).await;
        Self(server)
    }

    /// Sends a form in alice's name.
    pub(crate) async fn send(&self, method: &str, form: Form<'_>) -> Answer {
        Answer::of(self.form("alice", method, form)).await
    }

    /// Sends a form in alice's name and gives the data, for it must be done.
    #[track_caller]
    pub(crate) fn done<'a>(&'a self, method: &'a str, form: Form<'a>) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send(method, form).await;
            assert_eq!(answer.all_numbers(), (200, 0, ""), "{caller}: {:?}", answer.body);
            answer.body["data"].clone()
        }
    }

    /// Makes the next calls to a path fail, until the cloud is asked no more.
    pub(crate) fn fail(&self, path: &str, fault: InjectedFault) {
        self.outside.sandbox.clear_faults();
        self.outside.sandbox.arm(FaultRule::new(path, fault).times(9));
    }

    /// How often the cloud was asked on a path.
    pub(crate) fn asked(&self, path: &str) -> u64 {
        self.outside.sandbox.counters().paths.get(path).copied().unwrap_or_default()
    }

    /// What the cloud holds of alice's name.
    pub(crate) fn name_at_cloud(&self) -> Option<String> {
        self.outside.sandbox.user("alice").map(|user| user.name)
    }

    /// Our copy of alice.
    pub(crate) async fn copy(&self) -> CachedProfile {
        self.process.ports.queries.cached(&self.process.cloud.app(), alice()).await.unwrap().unwrap()
    }
}
