//! What nobody should send, sent to every method: the contract's status, and the program lives on.

use std::collections::{BTreeMap, BTreeSet};

use crate::stand::{Answer, Demo, Folder, request};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";
const BEARER: &str = "Authorization: Bearer demo-alice";

/// A method with a right request, and its ids with the status that a wrong one has.
struct Method {
    name: &'static str,
    right: &'static [(&'static str, &'static str)],
    ids: &'static [(&'static str, u64)],
}

const METHODS: [Method; 13] = [
    Method {
        name: "msg_redpack_publish",
        right: &[("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "1"), ("content", "hi")],
        ids: &[("toUserId", 1), ("coin_id", 4)],
    },
    Method {
        name: "msg_redpack_accept",
        right: &[("transfer_id", "0000000000000000000001")],
        ids: &[("transfer_id", 1)],
    },
    Method {
        name: "msg_redpack_detail",
        right: &[("transfer_id", "0000000000000000000001")],
        ids: &[("transfer_id", 1)],
    },
    Method {
        name: "msg_private_publish",
        right: &[("toUserId", "bob"), ("objectName", "RC:TxtMsg"), ("content", "hi")],
        ids: &[("toUserId", 100)],
    },
    Method { name: "group_create", right: &[("group_name", "G"), ("memo", "m")], ids: &[] },
    Method { name: "group_join", right: &[("group_id", "0000000000000000000001")], ids: &[("group_id", 1)] },
    Method { name: "friend_add", right: &[("user_id", "bob")], ids: &[("user_id", 1)] },
    Method { name: "friend_delete", right: &[("user_id", "bob")], ids: &[("user_id", 1)] },
    Method { name: "refresh", right: &[("name", "Alice"), ("portraitUri", "http://x/y")], ids: &[] },
    Method { name: "get_token", right: &[("refresh", "1")], ids: &[] },
    Method { name: "user_info", right: &[], ids: &[] },
    Method { name: "friend_list", right: &[], ids: &[] },
    Method { name: "asset_list", right: &[], ids: &[] },
];

impl Method {
    fn send(&self, demo: &Demo, content_type: &str, body: &str) -> Answer {
        request(demo.http, "POST", &format!("/im/{}", self.name), &[BEARER, content_type], body)
            .expect("the server answers")
    }

    /// Sends a right request with one parameter replaced; the value is already encoded.
    fn send_with(&self, demo: &Demo, name: &str, value: &str) -> Answer {
        let right = self.right.iter().filter(|(other, _)| *other != name);
        let pairs = right.map(|(name, value)| format!("{name}={value}")).chain([format!("{name}={value}")]);
        self.send(demo, FORM, &pairs.collect::<Vec<_>>().join("&"))
    }
}

#[test]
fn each_method_has_a_right_request() {
    let given: BTreeMap<_, BTreeSet<_>> = METHODS
        .iter()
        .map(|method| (format!("/im/{}", method.name), method.right.iter().map(|(name, _)| *name).collect()))
        .collect();
    for method in hongbao_api::METHODS {
        let right = given.get(method.path).unwrap_or_else(|| panic!("{} has none", method.path));
        let known: BTreeSet<_> = method.parameters.iter().map(|parameter| parameter.name).collect();
        assert!(right.is_subset(&known), "{} takes {known:?} and not {right:?}", method.path);
    }
    assert_eq!(given.len(), hongbao_api::METHODS.len());
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
    for method in &METHODS {
        for (content_type, body) in broken {
            let answer = method.send(&demo, content_type, body);
            let said = (answer.verdict().0, answer.http_status / 100);
            assert_eq!(said, (100, 4), "{} {content_type} {:.40}", method.name, body);
        }
    }
    assert_unhurt(demo);
}

#[test]
fn a_parameter_twice_or_of_a_wrong_type_is_100_on_every_method() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    for method in &METHODS {
        for (name, value) in method.right {
            let twice = format!("{name}={value}&{name}={value}");
            assert_eq!(method.send(&demo, FORM, &twice).verdict().0, 100, "{} {twice}", method.name);
            for wrong in ["{}", "[\"x\"]", "true", "{\"x\": [[[]]]}"] {
                let json = format!("{{\"{name}\": {wrong}}}");
                assert_eq!(method.send(&demo, JSON, &json).verdict().0, 100, "{} {json}", method.name);
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
    for method in &METHODS {
        for (name, status) in method.ids {
            for wrong in
                [&*too_long, "%E9%B2%8D%E5%8B%83", "+bob", "bob+", "b.b", "b%00b", "%F0%9F%A7%A7", "../bob", "' OR 1=1"]
            {
                let answer = method.send_with(&demo, name, &wrong.replace(' ', "+"));
                assert_eq!(answer.verdict().0, *status, "{} {name}={wrong:.30}: {}", method.name, answer.body);
            }
        }
    }
    assert_unhurt(demo);
}

#[test]
fn a_wrong_amount_is_6_however_it_is_written() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let publish = &METHODS[0];
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
    for method in &METHODS {
        let answer = method.send(&demo, FORM, &body);
        assert_eq!((answer.http_status, answer.verdict().0), (413, 100), "{}", method.name);
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
