//! A client of the proxy loses its connection, and the server is as each injected fault promises.

mod session;

use std::time::{Duration, Instant};

use hongbao_testbed::{Cluster, InjectedFault, Options, Proxy};

use self::session::Session;

/// A server with a table, and a proxy in front of it.
fn fixture() -> (Cluster, Proxy) {
    let cluster = Cluster::open(Options::default()).expect("PostgreSQL is installed");
    cluster.psql("postgres", "CREATE TABLE rows (word text PRIMARY KEY)").expect("the server is empty");
    let proxy = Proxy::open(cluster.address()).expect("a port is free");
    (cluster, proxy)
}

/// Gives what the table holds when the server has no other session; one that was cut may still be ending.
fn rows(cluster: &Cluster) -> String {
    let psql = |sql| cluster.psql("postgres", sql).expect("the server runs");
    let others =
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let start = Instant::now();
    while psql(others) != "0" {
        assert!(start.elapsed() < Duration::from_secs(30), "a session does not end");
    }
    psql("SELECT coalesce(string_agg(word, ' ' ORDER BY word), '') FROM rows")
}

const INSERT: &str = "INSERT INTO rows VALUES ('a')";

/// Begins, writes, and sends the COMMIT in both ways of the protocol.
async fn commit(proxy: &Proxy, is_extended: bool) -> std::io::Result<String> {
    let mut session = Session::open(proxy).await?;
    session.query("BEGIN").await?;
    session.query(INSERT).await?;
    if is_extended { session.extended("COMMIT").await } else { session.query("COMMIT").await }
}

#[tokio::test]
async fn what_nothing_is_planned_for_passes() {
    let (cluster, proxy) = fixture();

    assert_eq!(commit(&proxy, false).await.unwrap(), "COMMIT");

    assert_eq!((rows(&cluster).as_str(), proxy.connections(), proxy.commits()), ("a", 1, 1));
    let url = proxy.url(&cluster.url("postgres"));
    let psql = std::process::Command::new("psql").args(["-Atc", "SELECT word FROM rows", &url]).output().unwrap();
    assert!(psql.status.success(), "a real client that asks for TLS first is served, too");
}

#[tokio::test]
async fn before_commit_the_server_has_nothing() {
    for is_extended in [false, true] {
        let (cluster, proxy) = fixture();
        proxy.arm(InjectedFault::BeforeCommit, 1);

        assert!(commit(&proxy, is_extended).await.is_err());

        assert_eq!((rows(&cluster).as_str(), proxy.armed(), proxy.commits()), ("", 0, 1));
        assert_eq!(commit(&proxy, is_extended).await.unwrap(), "COMMIT");
    }
}

#[tokio::test]
async fn what_is_disarmed_passes() {
    let (cluster, proxy) = fixture();
    proxy.arm(InjectedFault::BeforeCommit, 2);
    proxy.cut_mid_batch(1);

    proxy.disarm();

    assert_eq!(commit(&proxy, false).await.unwrap(), "COMMIT");
    assert_eq!((rows(&cluster).as_str(), proxy.armed()), ("a", 0));
}

#[tokio::test]
async fn after_commit_the_server_has_everything() {
    for is_extended in [false, true] {
        let (cluster, proxy) = fixture();
        proxy.arm(InjectedFault::AfterCommit, 1);

        assert!(commit(&proxy, is_extended).await.is_err());

        assert_eq!((rows(&cluster).as_str(), proxy.armed()), ("a", 0));
    }
}

#[tokio::test]
async fn after_a_commit_that_fails_the_server_has_nothing() {
    let (cluster, proxy) = fixture();
    proxy.arm(InjectedFault::AfterCommit, 1);
    let mut session = Session::open(&proxy).await.unwrap();
    session.query("BEGIN").await.unwrap();
    session.query(INSERT).await.unwrap();
    assert!(session.query("SELECT 1/0").await.unwrap().contains("division by zero"));

    assert!(session.query("COMMIT").await.is_err());

    assert_eq!(rows(&cluster), "");
}

#[tokio::test]
async fn a_held_commit_arrives_when_it_is_released() {
    for is_extended in [false, true] {
        let (cluster, proxy) = fixture();
        proxy.arm(InjectedFault::HoldCommit, 1);

        assert!(commit(&proxy, is_extended).await.is_err());
        assert_eq!(proxy.held(), 1);
        proxy.cut_all();
        let insert = format!("SET lock_timeout = '50ms'; {INSERT}");
        let locked = cluster.psql("postgres", &insert).unwrap_err();
        assert!(locked.to_string().contains("lock timeout"), "the original is in flight: {locked}");

        assert_eq!(proxy.release().await, ["COMMIT"]);
        assert_eq!((rows(&cluster).as_str(), proxy.held()), ("a", 0));
    }
}

#[tokio::test]
async fn a_held_commit_of_a_session_that_has_ended_does_nothing() {
    let (cluster, proxy) = fixture();
    proxy.arm(InjectedFault::HoldCommit, 1);
    assert!(commit(&proxy, false).await.is_err());
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE state = 'idle in transaction'";
    assert_eq!(cluster.psql("postgres", end).unwrap(), "t");

    assert_ne!(proxy.release().await, ["COMMIT"]);

    assert_eq!(rows(&cluster), "");
}

#[tokio::test]
async fn mid_batch_the_first_statement_is_lost() {
    for is_extended in [false, true] {
        let (cluster, proxy) = fixture();
        proxy.cut_mid_batch(1);
        let mut session = Session::open(&proxy).await.unwrap();
        session.query("SELECT 1").await.unwrap();
        session.query("BEGIN").await.unwrap();

        let lost = if is_extended { session.extended(INSERT).await } else { session.query(INSERT).await };

        assert!(lost.is_err());
        assert_eq!((rows(&cluster).as_str(), proxy.armed()), ("", 0));
    }
}

#[tokio::test]
async fn faults_come_in_the_order_of_their_planning() {
    let (cluster, proxy) = fixture();
    proxy.arm(InjectedFault::BeforeCommit, 2);
    proxy.arm(InjectedFault::AfterCommit, 1);

    for left in ["", "", "a"] {
        assert!(commit(&proxy, false).await.is_err());
        assert_eq!(rows(&cluster), left);
    }
    assert_eq!((proxy.armed(), proxy.connections()), (0, 3));
}

#[tokio::test]
async fn cut_connections_are_gone_and_new_ones_are_taken() {
    let (_cluster, proxy) = fixture();
    let mut session = Session::open(&proxy).await.unwrap();

    proxy.cut_all();

    assert!(session.query("SELECT 1").await.is_err());
    assert!(Session::open(&proxy).await.is_ok());
}

#[tokio::test]
async fn who_is_refused_gets_no_session() {
    let (_cluster, proxy) = fixture();
    let mut session = Session::open(&proxy).await.unwrap();

    proxy.refuse();
    assert!(Session::open(&proxy).await.is_err());
    assert_eq!(session.query("SELECT 1").await.unwrap(), "SELECT 1", "who is there stays");
    proxy.admit();

    assert!(Session::open(&proxy).await.is_ok());
    assert_eq!(proxy.connections(), 2);
}

#[tokio::test]
async fn what_stalls_comes_later() {
    let (_cluster, proxy) = fixture();
    let mut session = Session::open(&proxy).await.unwrap();

    proxy.stall();
    let mut answer = Box::pin(session.query("SELECT 1"));
    let patience = Duration::from_millis(200);
    assert!(tokio::time::timeout(patience, &mut answer).await.is_err(), "nothing comes, and neither side hangs up");
    proxy.flow();

    assert_eq!(answer.await.unwrap(), "SELECT 1");
}

#[tokio::test]
async fn a_stalled_connection_can_be_cut() {
    let (_cluster, proxy) = fixture();
    let mut session = Session::open(&proxy).await.unwrap();
    proxy.stall();
    proxy.cut_all();

    assert!(session.query("SELECT 1").await.is_err());
}

#[tokio::test]
async fn new_connections_go_where_the_proxy_turns() {
    let (first, proxy) = fixture();
    let second = Cluster::open(Options::default()).unwrap();
    let mut session = Session::open(&proxy).await.unwrap();

    proxy.turn_to(second.address());

    assert_eq!(session.query("SELECT FROM rows").await.unwrap(), "SELECT 0");
    let missing = Session::open(&proxy).await.unwrap().query("SELECT FROM rows").await.unwrap();
    assert!(missing.contains("does not exist"), "{missing}");
    drop(first);
}
