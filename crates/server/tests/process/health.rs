//! Whether a server is alive and ready, asked over HTTP and with `hongbao health`.
#![expect(clippy::unwrap_used, reason = "what a test asks for and does not get fails it")]

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Answer, Demo, Finished, Folder, Program, QUICKLY, free_address, get, refuses, until};

fn checks(store: &str, schema: &str, serving: &str) -> Value {
    json!({ "checks": { "store": store, "schema": schema, "serving": serving } })
}

fn ready(address: SocketAddr) -> Answer {
    get(address, "/readyz").unwrap()
}

#[track_caller]
fn assert_ready(address: SocketAddr) {
    let answer = ready(address);
    assert_eq!((answer.http_status, answer.body), (200, checks("ok", "ok", "ok")));
}

#[track_caller]
fn assert_alive(address: SocketAddr) {
    let answer = get(address, "/livez").unwrap();
    assert_eq!((answer.http_status, answer.body), (200, json!({ "checks": { "process": "ok" } })));
}

/// Asks as a container does, which knows the settings of its server and no more.
fn health(folder: &Folder, address: SocketAddr) -> Finished {
    folder.run(&["health", "--set", &format!("http.listen={address}")])
}

#[track_caller]
fn assert_says(asked: &Finished, code: i32, line: &str) {
    assert_eq!((asked.code, asked.stdout.as_str(), asked.stderr.as_str()), (Some(code), line, ""));
}

const READY: &str = "ready: schema ok, serving ok, store ok\n";

/// Runs a statement on the demo's file, as another version of the program would.
fn execute(folder: &Folder, sql: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", folder.path("data/demo.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_server_that_runs_is_alive_and_ready_and_no_probe_is_in_its_log() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    assert_alive(demo.http);
    assert_ready(demo.http);
    assert_says(&health(&folder, demo.http), 0, READY);
    assert_says(&folder.run(&["health", "--url", &format!("http://{}", demo.http)]), 0, READY);

    let (_, log) = demo.stop();
    assert!(!log.contains("livez") && !log.contains("readyz"), "{log}");
}

#[test]
fn a_server_that_listens_everywhere_is_asked_over_loopback() {
    let folder = Folder::new();
    let demo = folder.demo(&["http.listen=0.0.0.0:0"]);
    assert_says(&health(&folder, SocketAddr::from(([0, 0, 0, 0], demo.http.port()))), 0, READY);
}

#[test]
fn a_server_whose_file_is_gone_is_not_ready_until_it_is_back() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let (file, elsewhere) = (folder.path("data/demo.db"), folder.path("data/elsewhere.db"));

    fs::rename(&file, &elsewhere).unwrap();
    for _ in 0..3 {
        let answer = ready(demo.http);
        assert_eq!((answer.http_status, answer.body), (503, checks("failed", "unknown", "ok")));
    }
    assert_alive(demo.http);
    assert_says(&health(&folder, demo.http), 1, "not ready: schema unknown, serving ok, store failed\n");

    fs::rename(&elsewhere, &file).unwrap();
    assert_ready(demo.http);
    demo.publish();
    let (_, log) = demo.stop();
    assert_eq!(log.matches("not ready: cannot find the store's file").count(), 1, "{log}");
    assert_eq!(log.matches("ready again").count(), 1, "{log}");
}

#[test]
fn a_server_under_whom_the_schema_changes_is_not_ready_until_it_is_back() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    execute(
        &folder,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a later version', TRUE, x'00', 0)",
    );
    let answer = ready(demo.http);
    assert_eq!((answer.http_status, answer.body), (503, checks("ok", "failed", "ok")));
    assert_says(&health(&folder, demo.http), 1, "not ready: schema failed, serving ok, store ok\n");

    execute(&folder, "DELETE FROM _sqlx_migrations WHERE version = 9999");
    assert_ready(demo.http);
}

#[test]
fn a_server_is_ready_whatever_the_im_cloud_does() {
    let folder = Folder::new();
    let (http, nobody) = (free_address(), free_address());
    let settings = [
        format!("http.listen={http}"),
        format!("im.base_url=http://{nobody}"),
        "im.backup_url=".to_owned(),
        "im.app_key=key".to_owned(),
        "im.app_secret=open-sesame".to_owned(),
    ];
    let mut command = folder.hongbao(&["serve"]);
    let mut program = Program::start(command.args(settings.iter().flat_map(|setting| ["--set", setting])));
    program.wait_for("the first line of the log", QUICKLY, |it| it.stderr().contains("listening").then_some(()));
    until(QUICKLY, "an answer", || get(http, "/livez").ok());
    assert_ready(http);
}

/// Asks until a stop has begun. The connection of each answer is closed.
#[track_caller]
fn wait_until_it_stops(demo: &Demo) {
    let stopping = || {
        let answer = ready(demo.http);
        (answer.http_status == 503).then_some(answer.body)
    };
    assert_eq!(until(QUICKLY, "a stop to begin", stopping), checks("ok", "ok", "failed"));
}

#[test]
fn a_server_that_is_told_to_stop_serves_on_for_the_delay_but_is_not_ready() {
    let folder = Folder::new();
    let delay = Duration::from_secs(4);
    // The first try at the cloud hangs for a second, the second one succeeds.
    let demo = folder.demo(&["http.shutdown_delay=4s", "im.attempt_timeout=1s", "im.connect_timeout=500ms"]);
    demo.arm_timeout("before");
    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();

    let start = Instant::now();
    demo.program.signal("TERM");
    wait_until_it_stops(&demo);
    assert_alive(demo.http);
    assert_says(&health(&folder, demo.http), 1, "not ready: schema ok, serving failed, store ok\n");
    let published = publishing.outcome().unwrap();
    assert_eq!(published.verdict(), (0, ""), "{published:?}");
    assert_eq!(demo.accept(published.data("transfer_id")).verdict(), (0, ""), "a request that came after the signal");

    let (http, sandbox) = (demo.http, demo.sandbox);
    let (status, _, log) = demo.program.ended(delay + QUICKLY);
    assert!(start.elapsed() >= delay, "{:?}", start.elapsed());
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(refuses(http) && refuses(sandbox));
    let troubles: Vec<_> = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).collect();
    assert!(matches!(troubles[..], [one] if one.contains("does not answer")), "only of the cloud's silence: {log}");
    folder.assert_balance("bob", "CNY", "1008.88", "0");
    folder.assert_audit();
}

#[test]
fn a_request_that_begins_in_the_delay_has_the_whole_grace() {
    let folder = Folder::new();
    // The request takes longer than the delay and longer than the grace, but not longer than both.
    let delay_and_grace = ["http.shutdown_delay=3s", "http.shutdown_grace=3s"];
    let slow = ["im.attempt_timeout=4s", "im.timeout=9s", "http.deadline=12s", "red_packet.lease=14s"];
    let demo = folder.demo(&[&delay_and_grace[..], &slow].concat());
    demo.arm_timeout("before");
    demo.program.signal("INT");
    wait_until_it_stops(&demo);

    let publishing = demo.publish_in_background();
    demo.wait_until_it_hangs();
    let http = demo.http;
    until(QUICKLY, "new connections to be refused", || refuses(http).then_some(()));

    assert_eq!(publishing.outcome().unwrap().verdict(), (0, ""));
    let (status, _, log) = demo.program.ended(2 * QUICKLY);
    assert_eq!(status.code(), Some(0), "{log}");
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    folder.assert_audit();
}

#[test]
fn where_no_server_answers_nobody_can_tell() {
    let folder = Folder::new();
    let nobody = free_address();
    health(&folder, nobody).assert_trouble(&[&nobody.to_string(), "cannot be asked"]);

    let demo = folder.demo(&[]);
    health(&folder, demo.sandbox).assert_trouble(&[&demo.sandbox.to_string(), "/livez", "Hongbao"]);
}

#[test]
fn what_is_no_url_is_a_wrong_command_line() {
    let folder = Folder::new();
    for url in ["127.0.0.1:8080", "https://127.0.0.1:8080", "http://127.0.0.1:8080/readyz", "http://"] {
        let refused = folder.run(&["health", "--url", url]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{url}");
        assert!(refused.stderr.contains("http://HOST:PORT"), "{url} gives {}", refused.stderr);
    }
}
