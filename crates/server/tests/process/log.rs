//! What is logged, and what never is.

use serde_json::Value;

use crate::harness::{Demo, Folder, Program, get, request};

const PUBLISH: &str = "/im/msg_redpack_publish";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";

#[test]
fn a_json_log_is_one_object_a_line() {
    let folder = Folder::new();
    let demo = folder.demo(&["log.format=json"]);
    let id = demo.publish();
    demo.accept(&id);
    get(demo.http, "/nowhere?session_key=demo-alice").unwrap();

    let (_, log) = demo.stop();

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
    for line in &lines {
        for key in ["timestamp", "level", "target", "message"] {
            assert!(line[key].is_string(), "no {key} in {line}");
        }
    }
    let about = |path: &str| lines.iter().find(|line| line["http.path"] == path).expect("the request is logged");
    let published = about(PUBLISH);
    assert_eq!(
        (&published["status"], &published["http.status"], &published["user.id"]),
        (&0.into(), &200.into(), &"alice".into())
    );
    assert_eq!(about("/nowhere")["status"], 100);
    let of_the_packet: Vec<_> = lines.iter().filter(|line| line["packet.id"] == *id).collect();
    assert_eq!(of_the_packet.len(), 2, "published and claimed: {log}");
    assert_eq!(of_the_packet[0]["span"]["request.id"], published["request.id"], "{log}");
}

#[test]
fn the_line_of_a_request_has_its_code_its_duration_and_the_address_that_a_trusted_proxy_gives() {
    let folder = Folder::new();
    let forwarded = "X-Forwarded-For: 203.0.113.7";
    for (proxies, address) in
        [("http.trusted_proxies=127.0.0.1", "203.0.113.7"), ("http.trusted_proxies=", "127.0.0.1")]
    {
        let demo = folder.demo(&["log.format=json", proxies]);
        let form = "session_key=demo-alice&toUserId=nobody-here&coin_id=CNY&amount=8.88&content=hi";
        request(demo.http, "POST", PUBLISH, &[FORM, forwarded], form).unwrap();
        let bearer = "Authorization: Bearer demo-admin";
        request(demo.admin, "GET", "/admin/v1/users/nobody-here", &[bearer, forwarded], "").unwrap();
        request(demo.admin, "GET", "/admin/v1/users/alice", &[bearer], "").unwrap();

        let (_, log) = demo.stop();

        let lines: Vec<Value> =
            log.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect();
        let about = |path: &str| {
            let mut found = lines.iter().filter(|line| line["http.path"] == path);
            let line = found.next().expect("the request is logged");
            assert!(found.next().is_none() && line["duration_us"].is_u64(), "one line: {log}");
            [line["code"].as_str(), line["client.address"].as_str()].map(|field| field.unwrap_or_default().to_owned())
        };
        assert_eq!(about(PUBLISH), ["receiver_not_found", address]);
        // No proxy is trusted before the admin listener.
        assert_eq!(about("/admin/v1/users/nobody-here"), ["user_not_found", "127.0.0.1"]);
        assert_eq!(about("/admin/v1/users/alice"), ["", "127.0.0.1"]);
    }
}

#[test]
fn the_first_line_names_version_store_cloud_and_address() {
    let folder = Folder::new();
    let demo = folder.demo(&["log.format=json"]);
    let (http, sandbox) = (demo.http.to_string(), format!("http://{}", demo.sandbox));

    let (_, log) = demo.stop();

    let first: Value = serde_json::from_str(log.lines().next().expect("a line is logged")).expect("it is JSON");
    let fields = ["version", "store", "im.hosts", "http.address"].map(|key| first[key].as_str().unwrap_or_default());
    assert_eq!(fields, [env!("CARGO_PKG_VERSION"), "sqlite://data/demo.db", &*sandbox, &*http], "{first}");
    let message = first["message"].as_str().unwrap_or_default();
    assert!(fields.iter().all(|field| message.contains(field)), "{message}");
}

#[test]
fn no_key_no_secret_and_no_body_is_ever_logged() {
    let folder = Folder::new();
    // Everything that any part of the program might ever say.
    let demo = folder.demo(&["log.filter=trace"]);
    let banner = demo.program.stdout();
    let publish = |path: &str, headers: &[&str], body: &str| {
        request(demo.http, "POST", path, headers, body).unwrap().body["status"].as_u64()
    };
    let query = "toUserId=bob&coin_id=CNY&amount=8.88&content=good+tidings";
    let in_json = r#"{"toUserId": "bob", "coin_id": "CNY", "amount": 8.88, "content": "good tidings"}"#;
    let bearer = "Authorization: Bearer demo-alice";

    let good = [
        publish(PUBLISH, &[FORM], &format!("session_key=demo-alice&{query}")),
        publish(&format!("{PUBLISH}?session_key=demo-alice&{query}"), &[], ""),
        publish(PUBLISH, &[bearer, JSON], in_json),
    ];
    let bad = [
        publish(&format!("{PUBLISH}?session_key=demo-nobody"), &[JSON], in_json),
        publish(PUBLISH, &[bearer, JSON], &in_json.replace("8.88,", "8.88")),
        publish(&format!("/nowhere?session_key=demo-alice&{query}"), &[bearer], ""),
        publish(&format!("{PUBLISH}?session_key=demo-alice"), &["Authorization: Bearer demo-carol"], ""),
    ];

    assert_eq!((good, bad), ([Some(0); 3], [Some(2), Some(100), Some(100), Some(2)]));
    let message = demo.wait_for_message("bob", "HB:RedPacket");
    assert_eq!(demo.accept(&message).verdict(), (0, ""));
    let (printed, log) = demo.stop();
    assert_eq!(printed, banner, "nothing is printed after the banner");
    for secret in ["demo-alice", "demo-bob", "demo-carol", "demo-nobody", "demo-secret", "tidings"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
    assert!(log.contains(" TRACE "), "the filter works");
}

#[test]
fn a_server_whose_log_breaks_goes_on() {
    let folder = Folder::new();
    let demo = Demo::of(Program::start_unheard(&mut Demo::command(&folder, &[])));

    for _ in 0..3 {
        let id = demo.publish();
        assert_eq!(demo.accept(&id).verdict(), (0, ""));
    }

    demo.stop();
    folder.assert_balance("bob", "CNY", "1026.64", "0");
    folder.assert_audit();
}
