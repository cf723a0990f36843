//! The server, groups, and who is in them with us and at the cloud.

use std::time::Duration;

use hongbao_app::Timing;
use hongbao_sandbox::{FaultRule, InjectedFault};
use hongbao_testkit::server::{Settings, TestServer};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

pub(crate) const PAUSE: Duration = Duration::from_mins(2);
/// How long the store waits for another process that writes.
const BRIEFLY: Duration = Duration::from_millis(50);

/// The contract's number and `data`.
pub(crate) type Answer = (u64, Value);

/// Starts a server. Alice, bob and carol are logged in.
pub(crate) async fn start() -> TestServer {
    let timing = Timing { cloud_timeout: Duration::from_secs(1), ..Timing::default() };
    let mut settings = Settings { timing, busy_timeout: BRIEFLY, check_pause: PAUSE, ..Settings::default() };
    settings.cloud.connect_timeout = Duration::from_millis(500);
    settings.cloud.attempt_timeout = Duration::from_secs(1);
    let server = TestServer::start(settings).await;
    for user in ["alice", "bob", "carol"] {
        server.add_user(user).await;
    }
    server
}

pub(crate) async fn create(server: &TestServer) -> Answer {
    server.call("alice", "group_create", &[("group_name", "好友"), ("memo", "爬山")]).await
}

/// Creates alice's group, which must be possible, and gives its id.
pub(crate) async fn group(server: &TestServer) -> String {
    let (status, data) = create(server).await;
    assert_eq!(status, 0, "{data}");
    data["group_id"].as_str().expect("a text").to_owned()
}

pub(crate) async fn join(server: &TestServer, user: &str, group: &str) -> Answer {
    server.call(user, "group_join", &[("group_id", group)]).await
}

pub(crate) fn inject(server: &TestServer, path: &str, fault: InjectedFault) {
    assert!(server.outside.sandbox.arm(FaultRule::new(path, fault)));
}

/// Lets the reconciler work once.
pub(crate) async fn reconcile(server: &TestServer) {
    server.process.reconciler.sweep().await.expect("what is due can be read");
}

/// Minutes pass in which the reconciler works.
pub(crate) async fn pass_minutes(server: &TestServer) {
    for _ in 0..5 {
        reconcile(server).await;
        server.outside.clock.advance(PAUSE);
    }
}

/// Who is in the group at the cloud, by name.
pub(crate) fn at_cloud(server: &TestServer, group: &str) -> Vec<String> {
    let mut members = server.outside.sandbox.group(group).map(|group| group.members).unwrap_or_default();
    members.sort();
    members
}

/// Who is in the group with us, by name.
pub(crate) async fn members(server: &TestServer, group: &str) -> Vec<String> {
    let rows = server.process.ports.queries.memberships(group.parse().expect("an id")).await;
    let rows = rows.expect("they can be read");
    rows.iter().filter(|row| row.is_member()).map(|row| row.user.to_string()).collect()
}

/// Every group that was named and never came to be.
pub(crate) async fn discarded(server: &TestServer) -> Vec<String> {
    let mut discarded = Vec::new();
    for id in server.outside.ids.groups() {
        if members(server, &id.to_string()).await.is_empty() {
            discarded.push(id.to_string());
        }
    }
    discarded
}

/// Lets another process write for as long as the connection lives: the store can be read and not written.
#[expect(clippy::disallowed_methods, reason = "this stands for another process, not for a statement of ours")]
pub(crate) async fn hold_the_store(server: &TestServer) -> SqliteConnection {
    let mut other = SqliteConnection::connect(&server.outside.database_url()).await.expect("the file can be opened");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("no other writer is at work");
    other
}
