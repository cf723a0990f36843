//! `hongbao sandbox`, and a real server that uses it.

use std::{
    io::Read,
    net::{SocketAddr, TcpStream},
};

use serde_json::json;

use crate::harness::{Folder, Program, QUICKLY, post, refuses, request};

/// An app whose signature is published: <https://docs.rongcloud.cn/platform-chat-api/auth>.
const APP: [&str; 4] = ["--app-key", "key", "--app-secret", "Y1W2MeFwwwRxa0"];
const SIGNED: [&str; 5] = [
    "App-Key: key",
    "Nonce: 14314",
    "Timestamp: 1408710653000",
    "Signature: 30be0bbca9c9b2e27578701e9fda2358a814c88f",
    "Content-Type: application/x-www-form-urlencoded",
];

/// Starts a sandbox and reads its address off what it prints.
fn start(folder: &Folder) -> (Program, SocketAddr) {
    let mut command = folder.hongbao(&["sandbox", "--listen", "127.0.0.1:0"]);
    let mut program = Program::start(command.args(APP));
    let address = program.wait_for("the sandbox's address", QUICKLY, |program| {
        let printed = program.stdout();
        Some(printed.split_once('\n')?.0.split_once("http://")?.1.split(' ').next()?.parse().expect("an address"))
    });
    (program, address)
}

fn ends_well_at(signal: &str) {
    let folder = Folder::new();
    let (sandbox, address) = start(&folder);
    let mut idle = TcpStream::connect(address).expect("it listens");

    sandbox.signal(signal);
    let (status, stdout, log) = sandbox.ended(QUICKLY);

    assert_eq!((status.code(), stdout.lines().count()), (Some(0), 1), "{stdout}{log}");
    assert!(refuses(address));
    assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
    assert!(folder.files(".").is_empty(), "it keeps nothing");
}

#[test]
fn sigterm_ends_it_with_0() {
    ends_well_at("TERM");
}

#[test]
fn ctrl_c_ends_it_with_0() {
    ends_well_at("INT");
}

#[test]
fn it_answers_who_signs_and_nobody_else() {
    let folder = Folder::new();
    let (sandbox, address) = start(&folder);
    let ask =
        |headers: &[&str]| request(address, "POST", "/user/getToken.json", headers, "userId=ann&name=Ann").unwrap();

    let (signed, unsigned) = (ask(&SIGNED), ask(&SIGNED[..1]));

    assert_eq!((signed.http_status, &signed.body["code"]), (200, &json!(200)), "{signed:?}");
    assert_eq!(signed.body["userId"], "ann");
    assert_ne!(unsigned.http_status, 200, "{unsigned:?}");
    sandbox.signal("TERM");
    let (_, stdout, log) = sandbox.ended(QUICKLY);
    assert!(!format!("{stdout}{log}").contains(APP[3]), "{stdout}{log}");
}

#[test]
fn it_needs_a_key_and_a_secret() {
    let folder = Folder::new();
    for (key, secret) in [("", "secret"), ("key", ""), ("", "")] {
        let args = ["sandbox", "--listen", "127.0.0.1:0", "--app-key", key, "--app-secret", secret];
        folder.run(&args).assert_trouble(&["app key", "app secret"]);
    }
}

#[test]
fn a_real_server_starts_beside_it_and_knows_nobody() {
    let folder = Folder::new();
    let (sandbox, address) = start(&folder);
    let base_url = format!("im.base_url=http://{address}");
    let settings =
        ["http.listen=127.0.0.1:0", &base_url, "im.backup_url=", "im.app_key=key", "im.app_secret=open-sesame"];
    let mut command = folder.hongbao(&["serve"]);
    let mut server = Program::start(command.args(settings.iter().flat_map(|setting| ["--set", setting])));
    let http = server.wait_for("the server's address", QUICKLY, |server| {
        Some(server.stderr().split_once("listening on http://")?.1.split_once('\n')?.0.parse().unwrap())
    });

    for key in ["demo-alice", ""] {
        let form = format!("session_key={key}&toUserId=bob&coin_id=CNY&amount=1");
        assert_eq!(post(http, "/im/msg_redpack_publish", &form).unwrap().verdict(), (2, "not_logged_in"));
    }

    for (program, lines) in [(server, 0), (sandbox, 1)] {
        program.signal("TERM");
        let (status, stdout, log) = program.ended(QUICKLY);
        assert_eq!((status.code(), stdout.lines().count()), (Some(0), lines), "{log}");
        assert!(!log.contains("sesame"), "{log}");
    }
    assert_eq!(folder.files("data"), ["hongbao.db"]);
    assert_eq!(folder.run(&["admin", "audit"]).code, Some(0));
}
