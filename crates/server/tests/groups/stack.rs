//! The server, groups, and who is in them with us and at the cloud.

use std::{ops::Deref, time::Duration};

use hongbao_app::Timing;
use hongbao_sandbox::{FaultRule, InjectedFault};
use hongbao_testkit::server::{Settings, TestServer};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

pub(crate) const PAUSE: Duration = Duration::from_mins(2);
/// How long the store waits for another process that writes.
const BRIEFLY: Duration = Duration::from_millis(50);

/// A running server. Alice, bob and carol are logged in.
pub(crate) struct Stack(TestServer);

/// The contract's number and `data`.
pub(crate) type Answer = (u64, Value);

impl Deref for Stack {
    type Target = TestServer;

    fn deref(&self) -> &TestServer {
        &self.0
    }
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let timing = Timing { cloud_timeout: Duration::from_secs(1), ..Timing::default() };
        let mut settings = Settings { timing, busy_timeout: BRIEFLY, check_pause: PAUSE, ..Settings::default() };
        settings.cloud.connect_timeout = Duration::from_millis(500);
        settings.cloud.attempt_timeout = Duration::from_secs(1);
        let server = TestServer::start(settings).await;
        for user in ["alice", "bob", "carol"] {
            server.add_user(user).await;
        }
        Self(server)
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
        assert!(self.outside.sandbox.arm(FaultRule::new(path, fault)));
    }

    /// Lets the reconciler work once.
    pub(crate) async fn reconcile(&self) {
        self.process.reconciler.sweep().await.expect("what is due can be read");
    }

    /// Minutes pass in which the reconciler works.
    pub(crate) async fn pass_minutes(&self) {
        for _ in 0..5 {
            self.reconcile().await;
            self.outside.clock.advance(PAUSE);
        }
    }

    /// Who is in the group at the cloud, by name.
    pub(crate) fn at_cloud(&self, group: &str) -> Vec<String> {
        let mut members = self.outside.sandbox.group(group).map(|group| group.members).unwrap_or_default();
        members.sort();
        members
    }

    /// Who is in the group with us, by name.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let rows = self.process.ports.queries.memberships(group.parse().expect("an id")).await;
        let rows = rows.expect("they can be read");
        rows.iter().filter(|row| row.is_member()).map(|row| row.user.to_string()).collect()
    }

    /// Every group that was named and never came to be.
    pub(crate) async fn discarded(&self) -> Vec<String> {
        let mut discarded = Vec::new();
        for id in self.outside.ids.groups() {
            if self.members(&id.to_string()).await.is_empty() {
                discarded.push(id.to_string());
            }
        }
        discarded
    }

    /// Lets another process write for as long as the connection lives: the store can be read and not written.
    #[expect(clippy::disallowed_methods, reason = "this stands for another process, not for a statement of ours")]
    pub(crate) async fn hold_the_store(&self) -> SqliteConnection {
        let mut other = SqliteConnection::connect(&self.outside.database_url()).await.expect("the file can be opened");
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("nobody else is writing");
        other
    }
}
