//! What no client should send, sent to every method: the contract's status, and the program lives on.

use std::collections::BTreeSet;

use self::Kind::{Id, Other};
use crate::harness::{Answer, Demo, Folder, request};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";
const BEARER: &str = "Authorization: Bearer demo-alice";

/// What a parameter takes.
#[derive(Clone, Copy)]
enum Kind {
    /// An id; what is none has this status.
    Id(u64),
    /// Something else.
    Other,
}

/// A right value for each parameter, and what kind it is.
const RIGHT: [(&str, &str, Kind); 15] = [
    ("toUserId", "bob", Id(1)),
    ("coin_id", "CNY", Id(4)),
    ("amount", "1", Other),
    ("content", "hi", Other),
    ("transfer_id", "0000000000000000000001", Id(1)),
    ("objectName", "RC:TxtMsg", Other),
    ("push_content", "hi", Other),
    ("include_sender", "1", Other),
    ("group_name", "G", Other),
    ("memo", "m", Other),
    ("group_id", "0000000000000000000001", Id(1)),
    ("user_id", "bob", Id(1)),
    ("name", "Alice", Other),
    ("portraitUri", "http://x/y", Other),
    ("refresh", "1", Other),
];

/// Gives the status of a wrong value where a parameter is an id.
fn status_of_wrong_id(path: &str, parameter: &str) -> Option<u64> {
    let (_, _, kind) = RIGHT.into_iter().find(|(name, ..)| *name == parameter).expect("it has a right value");
    match kind {
        // This method has no number of its own for it.
        Id(_) if path == "/im/msg_private_publish" => Some(100),
        Id(status) => Some(status),
        Other => None,
    }
}

/// A method with a right request.
struct Method {
    path: &'static str,
    right: Vec<(&'static str, &'static str)>,
}

/// Gives all methods of the contract.
fn methods() -> Vec<Method> {
    let right = |known: &'static str| {
        let found = RIGHT.into_iter().find(|(name, ..)| *name == known);
        found.map(|(name, value, _)| (name, value)).expect("it has a right value")
    };
    let method = |method: &hongbao_api::Method| Method {
        path: method.path,
        right: method.parameters.iter().map(|parameter| right(parameter.name)).collect(),
    };
    hongbao_api::METHODS.iter().map(method).collect()
}

impl Method {
    fn send(&self, demo: &Demo, content_type: &str, body: &str) -> Answer {
        request(demo.http, "POST", self.path, &[BEARER, content_type], body).expect("the server answers")
    }

    /// Sends a right request with one parameter replaced; the value is already encoded.
    fn send_with(&self, demo: &Demo, name: &str, value: &str) -> Answer {
        let right = self.right.iter().filter(|(other, _)| *other != name);
        let pairs = right.map(|(name, value)| format!("{name}={value}")).chain([format!("{name}={value}")]);
        self.send(demo, FORM, &pairs.collect::<Vec<_>>().join("&"))
    }
}

#[test]
fn each_parameter_has_one_right_value_and_none_is_left_over() {
    let parameters = hongbao_api::METHODS.iter().flat_map(|method| method.parameters);
    let known: BTreeSet<_> = parameters.map(|parameter| parameter.name).collect();
    let given: BTreeSet<_> = RIGHT.iter().map(|(name, ..)| *name).collect();
    assert_eq!((&given, given.len()), (&known, RIGHT.len()));
}

#[test]
fn what_is_no_request_is_100_on_every_method() {
    let (folder, deep) = (Folder::new(), "[".repeat(30_000));
    let demo = folder.demo(&[]);
    let multipart = "Content-Type: multipart/form-data; boundary=b";
    let broken = [
        (JSON, "{"),
        (JSON, "[]"),
        (JSON, "null"),
        (JSON, "{\"a\": 1,}"),
        (JSON, &*deep),
        (FORM, "a=%zz"),
        (FORM, "a=%ff"),
        (FORM, "a=%"),
        (multipart, "--b\r\nContent-Disposition: form-data; name=\"a\""),
        (multipart, "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n"),
        ("Content-Type: text/plain", "a=b"),
        ("Content-Type: application/xml", "<a/>"),
    ];
    for method in &methods() {
        for (content_type, body) in broken {
            let answer = method.send(&demo, content_type, body);
            let said = (answer.verdict().0, answer.http_status / 100);
            assert_eq!(said, (100, 4), "{} {content_type} {:.40}", method.path, body);
        }
    }
    assert_unhurt(demo);
}

#[test]
fn a_parameter_twice_or_of_a_wrong_type_is_100_on_every_method() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    for method in &methods() {
        for (name, value) in &method.right {
            let twice = format!("{name}={value}&{name}={value}");
            assert_eq!(method.send(&demo, FORM, &twice).verdict().0, 100, "{} {twice}", method.path);
            for wrong in ["{}", "[\"x\"]", "true", "{\"x\": [[[]]]}"] {
                let json = format!("{{\"{name}\": {wrong}}}");
                assert_eq!(method.send(&demo, JSON, &json).verdict().0, 100, "{} {json}", method.path);
            }
        }
    }
    assert_unhurt(demo);
}

#[test]
fn a_wrong_id_has_the_methods_own_status() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let too_long = "x".repeat(300);
    for method in &methods() {
        for (name, _) in &method.right {
            let Some(status) = status_of_wrong_id(method.path, name) else { continue };
            for wrong in
                [&*too_long, "%E9%B2%8D%E5%8B%83", "+bob", "bob+", "b.b", "b%00b", "%F0%9F%A7%A7", "../bob", "' OR 1=1"]
            {
                let answer = method.send_with(&demo, name, &wrong.replace(' ', "+"));
                assert_eq!(answer.verdict().0, status, "{} {name}={wrong:.30}: {}", method.path, answer.body);
            }
        }
    }
    assert_unhurt(demo);
}

#[test]
fn a_wrong_amount_is_6_however_it_is_written() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let methods = methods();
    let publish = methods.iter().find(|method| method.path == "/im/msg_redpack_publish").expect("it is a method");
    let wrong = [
        "1e400",
        "1e-400",
        "NaN",
        "Infinity",
        "0.1%2B",
        "%EF%BC%91%EF%BC%92",
        ".5",
        "5.",
        "%2B1",
        "-1",
        "0",
        "-0",
        "0.00",
        "0.001",
        "1e-3",
        "12345678901234567890123456789",
        "1e28",
        "1e41",
        "0x10",
        "1_000",
        "1,5",
        "007",
        "--1",
        "1e",
        "%201",
    ];
    for amount in wrong {
        assert_eq!(publish.send_with(&demo, "amount", amount).verdict().0, 6, "{amount}");
    }
    for amount in ["1e400", "-1", "0", "0.001", "123456789012345678901234567890", "1E-3"] {
        let json = format!(r#"{{"toUserId": "bob", "coin_id": "CNY", "amount": {amount}}}"#);
        assert_eq!(publish.send(&demo, JSON, &json).verdict().0, 6, "{amount}");
    }
    folder.assert_balance("alice", "CNY", "1000", "0");
    assert_unhurt(demo);
}

#[test]
fn two_megabytes_are_413_on_every_method_and_a_flood_of_headers_hurts_nobody() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let body = format!("x={}", "y".repeat(2 * 1024 * 1024));
    for method in &methods() {
        let answer = method.send(&demo, FORM, &body);
        assert_eq!((answer.http_status, answer.verdict().0), (413, 100), "{}", method.path);
    }
    let flood: Vec<_> = (0..2_000).map(|number| format!("X-Flood-{number}: {}", "z".repeat(200))).collect();
    let flood: Vec<_> = flood.iter().map(String::as_str).collect();
    if let Ok(answer) = request(demo.http, "POST", "/im/user_info", &flood, "") {
        assert_eq!(answer.http_status / 100, 4);
    }
    assert_unhurt(demo);
}

/// The program serves on, has never failed, and nothing has moved.
#[track_caller]
fn assert_unhurt(demo: Demo) {
    let transfer_id = demo.publish();
    assert_eq!(demo.accept(&transfer_id).verdict(), (0, ""));
    let (_, log) = demo.stop();
    for bad in ["panicked", "http.status=5", " ERROR "] {
        assert!(!log.contains(bad), "{bad} in {log}");
    }
}
