//! Endpoints of the app's backend: what the command line does with them, and what arrives there.
#![expect(clippy::unwrap_used, reason = "an endpoint that cannot be set up fails the test that wants it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use hongbao_webhooks::read_secret;
use serde_json::{Value, json};

use crate::{
    desk::{admin, is_moment},
    harness::{Demo, Finished, Folder, post, until},
};

const PRIVATE: &str = "webhook.allow_private_targets=true";

/// How long it may take until an endpoint is known, and a delivery is there.
const SOON: Duration = Duration::from_secs(20);

/// One call, with the names of its headers in small letters.
#[derive(Clone)]
struct Call {
    headers: Vec<(String, String)>,
    body: Value,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(header, _)| header == name).unwrap().1
    }
}

/// An endpoint that takes everything, and keeps it.
struct Endpoint {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Endpoint {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, calls) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Call>>>::default());
        let kept = calls.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut lines = Vec::new();
                while lines.last().is_none_or(|line: &String| !line.trim().is_empty()) {
                    let mut line = String::new();
                    stream.read_line(&mut line).unwrap();
                    lines.push(line);
                }
                let header = |line: &String| {
                    line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
                };
                let headers: Vec<_> = lines.iter().filter_map(header).collect();
                let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                kept.lock().unwrap().push(Call { headers, body: serde_json::from_slice(&body).unwrap() });
                stream.get_mut().write_all(b"HTTP/1.1 204 -\r\nConnection: close\r\n\r\n").unwrap();
            }
        });
        Self { address, calls }
    }

    fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn webhook(folder: &Folder, args: &[&str]) -> Finished {
    folder.run(&[&["admin", "--demo", "--json", "--set", PRIVATE, "webhook"], args].concat())
}

/// Has a packet claimed, of which there can be many: it holds a cent.
fn claim_a_cent(demo: &Demo) {
    const CENT: &str = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=0.01";
    let published = post(demo.http, "/im/msg_redpack_publish", CENT).unwrap();
    assert_eq!(demo.accept(published.data("transfer_id")).verdict().0, 0);
}

/// Publishes and accepts packets until the endpoint is told of one; gives that call.
fn told(demo: &Demo, endpoint: &Endpoint, already: usize) -> Call {
    until(SOON, "the endpoint to be told", || {
        claim_a_cent(demo);
        endpoint.calls().get(already).cloned()
    })
}

#[test]
fn an_endpoint_is_told_what_it_wants_to_know_until_it_is_disabled() {
    let folder = Folder::new();
    let demo = folder.demo(&[PRIVATE]);
    let endpoint = Endpoint::start();
    let added = webhook(&folder, &["add", &endpoint.url(), "--events", "red_packet.claimed"]).json();
    let (id, secret) = (added["webhook_id"].as_str().unwrap().to_owned(), added["secret"].as_str().unwrap());
    assert!(read_secret(secret).is_some());
    assert_eq!((&added["is_enabled"], &added["events"]), (&json!(true), &json!(["red_packet.claimed"])));

    let call = told(&demo, &endpoint, 0);
    let (event, body) = (call.header("webhook-id").to_owned(), &call.body);
    assert_eq!((&body["type"], &body["data"]["amount"]), (&json!("red_packet.claimed"), &json!("0.01")), "{body}");
    assert!(is_moment(&body["timestamp"]) && call.header("webhook-signature").starts_with("v1,"));
    let listed = webhook(&folder, &["list"]).json();
    assert_eq!(
        (&listed[0]["webhook_id"], listed[0].get("secret")),
        (&json!(id), None),
        "the secret is never shown again"
    );

    let log = until(SOON, "the log to know it", || {
        let log = webhook(&folder, &["log", &id]).json();
        let is_done = log.as_array().unwrap().iter().all(|line| line["state"] == "delivered");
        is_done.then_some(log)
    });
    assert!(log.as_array().unwrap().iter().any(|line| line["event_id"] == json!(event)), "{log}");
    let before = endpoint.calls().len();
    assert_eq!(webhook(&folder, &["replay", &id, "--event", &event]).json(), json!({ "replayed": 1 }));
    let again = until(SOON, "the event again", || endpoint.calls().get(before).cloned());
    assert_eq!((again.header("webhook-id"), &again.body), (event.as_str(), body), "it is the same event");

    let rotated = webhook(&folder, &["rotate", &id]).json();
    assert!(rotated["secret"] != json!(secret) && is_moment(&rotated["former_secret_until"]), "{rotated}");
    until(SOON, "both secrets to sign", || {
        let calls = endpoint.calls().len();
        (told(&demo, &endpoint, calls).header("webhook-signature").split(' ').count() == 2).then_some(())
    });

    assert_eq!(webhook(&folder, &["disable", &id]).json()["is_enabled"], json!(false));
    until(SOON, "the server to know that it is disabled", || {
        let calls = webhook(&folder, &["log", &id]).json().as_array().unwrap().len();
        claim_a_cent(&demo);
        (webhook(&folder, &["log", &id]).json().as_array().unwrap().len() == calls).then_some(())
    });
    let removed = until(SOON, "all servers to know it", || {
        let removed = webhook(&folder, &["remove", &id]);
        if removed.code == Some(0) {
            return Some(removed.json());
        }
        assert!(removed.stderr.contains(r#""code":"webhook_enabled""#), "{removed:?}");
        None
    });
    assert!(removed["deliveries_dropped"].as_u64().unwrap() >= 3, "{removed}");
    assert_eq!(webhook(&folder, &["list"]).json(), json!([]));
    webhook(&folder, &["remove", &id]).assert_refused_json("webhook_not_found");
    demo.stop();
}

#[test]
fn an_event_is_not_sent_again_to_an_endpoint_that_was_not_told_it() {
    let folder = Folder::new();
    let demo = folder.demo(&[PRIVATE]);
    let (told, other) = (Endpoint::start(), Endpoint::start());
    let add = |endpoint: &Endpoint, events| webhook(&folder, &["add", &endpoint.url(), "--events", events]).json();
    let (_, its) = (add(&told, "red_packet.claimed"), add(&other, "user.disabled")["webhook_id"].to_string());
    let event = self::told(&demo, &told, 0).header("webhook-id").to_owned();
    webhook(&folder, &["replay", its.trim_matches('"'), "--event", &event]).assert_refused_json("event_not_found");
    demo.stop();
}

#[test]
fn twenty_endpoints_may_be_enabled_and_more_may_be_there() {
    let folder = Folder::new();
    let _demo = folder.demo(&[PRIVATE]);
    let add = |number| webhook(&folder, &["add", &format!("http://127.0.0.1:9/{number}")]);
    let ids: Vec<_> = (0..20).map(|number| add(number).json()["webhook_id"].as_str().unwrap().to_owned()).collect();
    add(20).assert_refused_json("too_many_webhooks");
    webhook(&folder, &["disable", &ids[0]]).json();
    assert_eq!(add(20).json()["is_enabled"], json!(true));
    webhook(&folder, &["enable", &ids[0]]).assert_refused_json("too_many_webhooks");
    assert_eq!(webhook(&folder, &["enable", &ids[1]]).json()["is_enabled"], json!(true), "it is enabled already");
}

#[test]
fn an_address_that_leads_into_a_private_network_is_refused() {
    let folder = Folder::new();
    let _demo = folder.demo(&[]);
    let refused = |url: &str| {
        let answer = folder.run(&["admin", "--demo", "--json", "webhook", "add", url]);
        assert_eq!(answer.code, Some(1), "{answer:?}");
        assert!(answer.stderr.contains(r#""code":"webhook_target_refused""#), "{answer:?}");
    };
    for url in ["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "http://app.example/"] {
        refused(url);
    }
    admin(&folder, &["webhook", "list"]).assert_text("there is no endpoint\n");
    admin(&folder, &["webhook", "add", "ftp://app.example"]).assert_misused(&["not an address"]);
    admin(&folder, &["webhook", "add", "https://app.example", "--events", "nothing"])
        .assert_misused(&["red_packet.claimed"]);
    admin(&folder, &["webhook", "log", "0352O0j8700mTvRyII4uoi"])
        .assert_refused("there is no endpoint 0352O0j8700mTvRyII4uoi");
}

#[test]
fn what_is_not_delivered_is_listed_tried_again_and_forgotten() {
    let folder = Folder::new();
    let demo = folder.demo(&[PRIVATE]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let added = webhook(&folder, &["add", &format!("http://{closed}/hooks"), "--events", "user.disabled"]).json();
    admin(&folder, &["user", "disable", "dave"]);
    let failed = until(SOON, "a failure", || {
        let listed = admin(&folder, &["outbox", "list", "--json"]).json();
        let first = &listed["deliveries"][0];
        first["error"].is_string().then(|| first.clone())
    });
    assert_eq!((&failed["event"], &failed["target"]), (&json!("user.disabled"), &added["webhook_id"]), "{failed}");
    let id = failed["event_id"].as_str().unwrap();
    admin(&folder, &["outbox", "retry", id]).assert_text("1 to be tried again\n");
    admin(&folder, &["outbox", "list", "--parked"]).assert_text("there is none\n");
    admin(&folder, &["outbox", "retry", "--all-parked"]).assert_text("0 to be tried again\n");
    admin(&folder, &["outbox", "drop", id]).assert_text("1 forgotten\n");
    admin(&folder, &["outbox", "drop", id]).assert_refused(&format!("there is no delivery of event {id}"));
    admin(&folder, &["outbox", "list"]).assert_text("there is none\n");
    demo.stop();
}

#[test]
fn packets_are_claimed_while_the_cloud_is_away_and_the_sender_is_told_later() {
    let folder = Folder::new();
    let demo = folder.demo(&[
        "red_packet.opened_notice=deferred",
        "im.attempt_timeout=400ms",
        "im.timeout=500ms",
        "im.connect_timeout=100ms",
    ]);
    let packet = demo.publish();
    demo.arm_timeout("before");
    assert_eq!(demo.accept(&packet).verdict().0, 0, "the cloud is not asked");
    until(SOON, "a message in the inbox", || {
        demo.inbox("alice").iter().any(|message| message["objectName"] == "HB:RedPacketOpened").then_some(())
    });
    demo.stop();
}
