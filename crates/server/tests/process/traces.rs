//! Traces: what a collector gets, and which trace the cloud and endpoints are told of.

mod recorder;

use std::net::SocketAddr;

use serde_json::Value;

use self::recorder::{Recorder, Span};
use crate::harness::{Answer, Folder, Program, QUICKLY, get, request, until};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// A server whose cloud, endpoint and collector are all one recorder.
struct Traced {
    folder: Folder,
    recorder: Recorder,
    program: Program,
    http: SocketAddr,
    /// Where the admin API is.
    admin: SocketAddr,
    key: String,
    /// A token for it.
    token: String,
}

impl Traced {
    /// Starts it, with alice who has money and bob; traces go to the recorder if `is_on`.
    fn start(is_on: bool, more: &[&str]) -> Self {
        Self::start_telling("", is_on, more)
    }

    /// The same with one more endpoint, if that is not empty.
    fn start_telling(other: &str, is_on: bool, more: &[&str]) -> Self {
        let (folder, recorder) = (Folder::new(), Recorder::start());
        let cloud = format!("im.base_url={}", recorder.url(""));
        let settings =
            [&cloud, "im.backup_url=", "im.app_key=key", "im.app_secret=sesame", "database.url=sqlite://hb.db"];
        let settings: Vec<_> = settings.iter().flat_map(|setting| ["--set", *setting]).collect();
        let admin = |args: &[&str]| {
            let done = folder.run(&[&["admin"], args, &["--json"], &settings].concat());
            assert_eq!(done.code, Some(0), "{args:?}: {done:?}");
            serde_json::from_str::<Value>(&done.stdout).unwrap_or_default()
        };
        admin(&["coin", "add", "CNY", "--scale", "2", "--min", "0.01", "--max", "500"]);
        for user in ["alice", "bob"] {
            admin(&["user", "add", user]);
        }
        admin(&["deposit", "alice", "CNY", "100", "--reference", "first"]);
        let key = admin(&["session", "issue", "alice"])["session_key"].as_str().expect("a key is printed").to_owned();
        let token = admin(&["token", "create", "--name", "test", "--scope", "people"]);
        let token = token["token"].as_str().expect("a token is printed").to_owned();
        let private = ["--set", "webhook.allow_private_targets=true"];
        for endpoint in [&*recorder.url("/hook"), other].into_iter().filter(|endpoint| !endpoint.is_empty()) {
            admin(&[&["webhook", "add", endpoint, "--events", "red_packet.published"], &private[..]].concat());
        }

        let mut command = folder.hongbao(&["serve", "--set", "http.listen=127.0.0.1:0", "--set", "log.format=json"]);
        command.args(private).args(&settings).args(more.iter().flat_map(|setting| ["--set", setting]));
        if is_on {
            command.env("HONGBAO__OTLP__ENDPOINT", recorder.url("/v1/traces"));
            command.env("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20collector-4711,x-team=payments");
        }
        let mut program = Program::start(&mut command);
        let http = program.wait_for("the address", 2 * QUICKLY, |program| {
            let log = program.stderr();
            let (_, after) = log.split_once("listening on http://")?;
            after.split('"').next()?.parse().ok()
        });
        let log = program.stderr();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let admin = lines.find_map(|line| line["admin.address"].as_str()?.parse().ok()).expect("it is in the log");
        Self { folder, recorder, program, http, admin, key, token }
    }

    /// Alice sends bob a packet.
    fn publish(&self, headers: &[&str]) -> Answer {
        let bearer = format!("Authorization: Bearer {}", self.key);
        let form = "Content-Type: application/x-www-form-urlencoded";
        let headers = [&[&*bearer, form], headers].concat();
        let body = "toUserId=bob&coin_id=CNY&amount=8.88&content=good+luck";
        let answer = request(self.http, "POST", "/im/msg_redpack_publish", &headers, body).expect("it is answered");
        assert_eq!(answer.verdict(), (0, ""), "{answer:?}");
        answer
    }

    /// Asks the admin API, and gives the HTTP status.
    fn administer(&self, method: &str, path: &str, body: &str) -> u16 {
        let headers = [&*format!("Authorization: Bearer {}", self.token), "Content-Type: application/json"];
        request(self.admin, method, path, &headers, body).expect("it is answered").http_status
    }

    /// Waits until the endpoint was told, and stops the server. Gives what was recorded, and the log.
    fn stop(self) -> (Recorder, Vec<Value>) {
        until(4 * QUICKLY, "a call to the endpoint", || self.recorder.calls("/hook").first().map(drop));
        self.program.signal("TERM");
        let (status, _, log) = self.program.ended(4 * QUICKLY);
        assert_eq!(status.code(), Some(0), "{log}");
        let log = log.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
        drop(self.folder);
        (self.recorder, log)
    }
}

fn traceparent(trace: &str, flags: &str) -> String {
    format!("traceparent: 00-{trace}-{PARENT}-{flags}")
}

/// The span of the one request for a packet.
#[track_caller]
fn of_request(spans: &[Span]) -> &Span {
    let all: Vec<_> = spans.iter().filter(|span| span.name == "POST /im/msg_redpack_publish").collect();
    assert_eq!(all.len(), 1, "{spans:?}");
    all[0]
}

/// The line of the access log about it.
#[track_caller]
fn line(log: &[Value]) -> &Value {
    log.iter().find(|line| line["http.path"] == "/im/msg_redpack_publish").expect("the request is logged")
}

#[test]
fn a_request_is_a_child_of_its_caller_s_span_and_the_cloud_hears_of_the_same_trace() {
    let server = Traced::start(true, &[]);
    let state = "tracestate: app=1";
    let packet = server.publish(&[&traceparent(TRACE, "01"), state]).data("transfer_id").to_owned();

    let (recorder, log) = server.stop();

    let spans = recorder.spans();
    let request = of_request(&spans);
    assert_eq!((&*request.trace, &*request.parent), (TRACE, PARENT));
    for (name, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/im/msg_redpack_publish"),
        ("http.response.status_code", "200"),
        ("hongbao.status", "0"),
    ] {
        assert_eq!(request.attribute(name), Some(value), "{name} of {request:?}");
    }
    let call = recorder.calls("/message/private/publish.json");
    let told: Vec<_> = call[0].header("traceparent").expect("the cloud is told").split('-').collect();
    let cloud = spans.iter().find(|span| span.id == told[2]).expect("the span that the cloud was told of is sent");
    assert_eq!((told[1], told[3], &*cloud.name, &*cloud.trace), (TRACE, "01", "im_cloud", TRACE));
    assert_eq!(call[0].header("tracestate"), Some("app=1"));
    let is_below = |span: &Span| {
        let mut above = span;
        while let Some(parent) = spans.iter().find(|parent| parent.id == above.parent) {
            above = parent;
        }
        above.id == request.id
    };
    for name in ["write", "queue", "database", "im_cloud turn", "im_cloud"] {
        assert!(spans.iter().any(|span| span.name == name && is_below(span)), "no {name} below it: {spans:?}");
    }
    assert_eq!(line(&log)["trace.id"], TRACE);
    let published = log.iter().find(|line| line["packet.id"] == packet).expect("the packet is logged");
    assert_eq!(published["span"]["trace.id"], TRACE, "{published}");

    // What is told in the background is a trace of its own, and the endpoint hears of that.
    let hook = recorder.calls("/hook");
    let told: Vec<_> = hook[0].header("traceparent").expect("the endpoint is told").split('-').collect();
    let delivery = spans.iter().find(|span| span.name == "delivery").expect("the delivery is traced");
    assert_eq!((told[1], &*delivery.parent), (&*delivery.trace, ""));
    assert_ne!(delivery.trace, TRACE);

    let all = format!("{spans:?}");
    for word in ["alice", "bob", "8.88", "CNY", "good luck", &packet] {
        assert!(!all.contains(word), "{word} in {all}");
    }
}

#[test]
fn what_an_administrator_asks_for_is_traced_and_says_why_it_failed() {
    let server = Traced::start(true, &[]);
    server.publish(&[]);
    // The recorder says yes, but not which token alice has.
    assert_eq!(server.administer("PUT", "/admin/v1/users/alice", r#"{"name":"Alicia"}"#), 502);
    assert_eq!(server.administer("GET", "/admin/v1/users/alice", ""), 200);
    let (token, key) = (server.token.clone(), server.key.clone());

    let (recorder, _) = server.stop();

    let spans = recorder.spans();
    let of = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}: {spans:?}"));
    let (failed, done) = (of("PUT /admin/v1/users/{user_id}"), of("GET /admin/v1/users/{user_id}"));
    for (name, value) in [
        ("http.request.method", "PUT"),
        ("http.route", "/admin/v1/users/{user_id}"),
        ("http.response.status_code", "502"),
        ("hongbao.code", "im_cloud"),
        ("error.type", "im_cloud"),
    ] {
        assert_eq!(failed.attribute(name), Some(value), "{name} of {failed:?}");
    }
    assert_eq!((done.attribute("http.response.status_code"), done.attribute("error.type")), (Some("200"), None));
    let calls = spans.iter().filter(|span| span.attribute("url.path") == Some("/user/getToken.json"));
    let calls: Vec<_> = calls.collect();
    assert!(!calls.is_empty(), "{spans:?}");
    for call in calls {
        assert_eq!((&*call.name, &call.trace), ("im_cloud", &failed.trace));
    }
    let all = format!("{spans:?}");
    for word in ["alice", "Alicia", &*token, &*key] {
        assert!(!all.contains(word), "{word} in {all}");
    }
}

#[test]
fn a_call_to_an_endpoint_is_below_its_delivery_and_the_collector_gets_its_headers() {
    let server = Traced::start(true, &[]);
    server.publish(&[]);

    let (recorder, _) = server.stop();

    let spans = recorder.spans();
    let call = spans.iter().find(|span| span.name == "webhook").expect("the call is traced");
    let delivery = spans.iter().find(|span| span.id == call.parent).expect("what it is for is traced");
    assert_eq!((&*delivery.name, &delivery.trace, &*delivery.parent), ("delivery", &call.trace, ""));
    let of = |name| (call.attribute(name), delivery.attribute(name));
    assert_eq!(of("http.response.status_code"), (Some("200"), None));
    assert_eq!(of("hongbao.event"), (None, Some("red_packet.published")));
    assert_eq!(of("hongbao.target"), (None, Some("webhook")));
    assert_eq!(of("error.type"), (None, None));
    for export in recorder.calls("/v1/traces") {
        assert_eq!(
            (export.header("authorization"), export.header("x-team")),
            (Some("Bearer collector-4711"), Some("payments"))
        );
    }
}

#[test]
fn an_endpoint_that_is_away_is_said_to_be_unreached() {
    let away = format!("http://{}/away", crate::harness::free_address());
    let server = Traced::start_telling(&away, true, &[]);
    server.publish(&[]);
    until(4 * QUICKLY, "a call that finds no endpoint", || {
        let is_away = |span: &Span| span.name == "webhook" && span.attribute("error.type") == Some("unreached");
        server.recorder.spans().iter().find(|span| is_away(span)).map(drop)
    });
    server.stop();
}

#[test]
fn probes_and_metrics_are_in_no_trace() {
    let server = Traced::start(true, &[]);
    server.publish(&[]);
    for (address, path) in [(server.http, "/livez"), (server.http, "/readyz"), (server.admin, "/metrics")] {
        let headers = [&*traceparent(TRACE, "01")];
        assert_eq!(request(address, "GET", path, &headers, "").expect("it is answered").http_status, 200, "{path}");
    }

    let (recorder, _) = server.stop();

    let spans = recorder.spans();
    of_request(&spans);
    let probed = spans.iter().filter(|span| span.trace == TRACE || span.name.starts_with("GET "));
    assert_eq!(probed.count(), 0, "{spans:?}");
}

#[test]
fn where_traces_are_off_nothing_is_sent_and_no_header_goes_out() {
    let server = Traced::start(false, &[]);
    server.publish(&[&traceparent(TRACE, "01")]);

    let (recorder, log) = server.stop();

    assert!(recorder.calls("/v1/traces").is_empty());
    for path in ["/message/private/publish.json", "/hook"] {
        let calls = recorder.calls(path);
        assert!(!calls.is_empty() && calls.iter().all(|call| call.header("traceparent").is_none()), "{path}");
    }
    assert_eq!(line(&log).get("trace.id"), None);
}

#[test]
fn a_malformed_parent_is_passed_over() {
    for headers in [
        vec![format!("traceparent: 00-{TRACE}-{PARENT}")],
        vec![traceparent(TRACE, "01").replace(TRACE, &TRACE.to_uppercase())],
        vec![traceparent(TRACE, "01"), traceparent(TRACE, "01")],
    ] {
        let server = Traced::start(true, &[]);
        server.publish(&headers.iter().map(String::as_str).collect::<Vec<_>>());
        let (recorder, log) = server.stop();
        let spans = recorder.spans();
        let request = of_request(&spans);
        assert_eq!((request.trace == TRACE, &*request.parent), (false, ""), "{headers:?}");
        assert_eq!(line(&log)["trace.id"], *request.trace);
    }
}

#[test]
fn a_caller_that_does_not_keep_its_trace_is_followed() {
    let server = Traced::start(true, &[]);
    server.publish(&[&traceparent(TRACE, "00")]);

    let (recorder, log) = server.stop();

    let spans = recorder.spans();
    assert!(spans.iter().all(|span| span.trace != TRACE), "{spans:?}");
    let call = recorder.calls("/message/private/publish.json");
    let told = call[0].header("traceparent").expect("the cloud is told");
    assert!(told.starts_with(&format!("00-{TRACE}-")) && told.ends_with("-00"), "{told}");
    assert_eq!(line(&log)["trace.id"], TRACE);
}

#[test]
fn a_ratio_of_nothing_keeps_only_what_callers_keep() {
    let server = Traced::start(true, &["otlp.sample_ratio=0"]);
    server.publish(&[]);
    server.publish(&[&traceparent(TRACE, "01")]);

    let (recorder, _) = server.stop();

    let spans = recorder.spans();
    assert_eq!(of_request(&spans).trace, TRACE);
    assert!(spans.iter().all(|span| span.trace == TRACE), "{spans:?}");
}

#[test]
fn a_collector_that_is_away_costs_no_request_and_is_complained_about_once() {
    let nowhere = format!("otlp.endpoint=http://{}/v1/traces", crate::harness::free_address());
    let server = Traced::start(false, &[&nowhere]);
    for _ in 0..3 {
        server.publish(&[]);
    }
    assert_eq!(get(server.http, "/readyz").expect("it is answered").http_status, 200);

    let (_, log) = server.stop();

    let about = |words: &str| {
        log.iter().filter(|line| line["message"].as_str().is_some_and(|message| message.contains(words))).count()
    };
    assert_eq!(about("traces are lost"), 1, "{log:?}");
}
