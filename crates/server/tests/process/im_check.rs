//! `hongbao im check`: one line for each host, and an exit status to go by.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener},
    thread,
};

use serde_json::{Value, json};

use crate::harness::{Finished, Folder, Program, QUICKLY, finish, free_address, get, post};

const KEY: &str = "c9kqb3rdkbb8j";
const SECRET: &str = "open-sesame";

/// Starts `hongbao sandbox` and reads its address off what it prints.
fn sandbox(folder: &Folder) -> (Program, SocketAddr) {
    let mut command = folder.hongbao(&["sandbox", "--listen", "127.0.0.1:0", "--app-key", KEY, "--app-secret", SECRET]);
    let mut program = Program::start(&mut command);
    let address = program.wait_for("the sandbox's address", QUICKLY, |program| {
        let printed = program.stdout();
        Some(printed.split_once('\n')?.0.split_once("http://")?.1.split(' ').next()?.parse().expect("an address"))
    });
    (program, address)
}

/// A server that answers one caller with these bytes, without asking what it wants.
fn somebody_else(says: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    thread::spawn(move || {
        let (mut caller, _) = listener.accept().expect("somebody calls");
        assert_ne!(caller.read(&mut [0; 4096]).expect("the caller asks"), 0);
        caller.write_all(says.as_bytes()).expect("the caller listens");
        caller.shutdown(Shutdown::Write).expect("the caller is there");
        // A side that hangs up on unread words takes back its own.
        drop(io::copy(&mut caller, &mut io::sink()));
    });
    address
}

/// Checks hosts with a key and a secret, which must never be printed.
fn check(folder: &Folder, hosts: [&str; 2], key: &str, secret: &str, flags: &[&str]) -> Finished {
    let settings = [
        format!("im.base_url={}", hosts[0]),
        format!("im.backup_url={}", hosts[1]),
        format!("im.app_key={key}"),
        "im.attempt_timeout=4s".to_owned(),
        "im.connect_timeout=3s".to_owned(),
    ];
    let mut command = folder.hongbao(&["im", "check"]);
    command.args(flags).args(settings.iter().flat_map(|setting| ["--set", setting]));
    command.env("HONGBAO__IM__APP_SECRET", secret);
    let checked = finish(&mut command);
    assert!(secret.is_empty() || !format!("{checked:?}").contains(secret), "the secret is printed: {checked:?}");
    checked
}

#[track_caller]
fn assert_line(checked: &Finished, code: i32, words: &[&str]) {
    assert_eq!((checked.code, checked.stderr.as_str()), (Some(code), ""), "{checked:?}");
    assert_eq!(checked.stdout.lines().count(), 1, "{checked:?}");
    for word in words {
        assert!(checked.stdout.contains(word), "no `{word}` in {checked:?}");
    }
}

#[test]
fn the_right_secret_is_well_and_nothing_is_left_behind() {
    let folder = Folder::new();
    let (_sandbox, address) = sandbox(&folder);
    let host = format!("http://{address}");

    let checked = check(&folder, [&host, ""], KEY, SECRET, &[]);

    assert_eq!(checked.stdout, format!("{host}: all is well, the cloud accepts the app key and the signature\n"));
    assert_eq!(checked.code, Some(0));
    let user = get(address, "/sandbox/users/hongbaocheck").expect("the sandbox answers").body;
    assert_eq!(user["registered"], json!(false), "{user}");
    assert!(folder.files(".").is_empty(), "no store is needed or made");
}

#[test]
fn a_wrong_secret_and_a_wrong_key_have_different_remedies() {
    let folder = Folder::new();
    let (_sandbox, address) = sandbox(&folder);
    let host = format!("http://{address}");
    let secret = check(&folder, [&host, ""], KEY, "shut-sesame", &[]);
    assert_line(&secret, 1, &[&host, "the signature is wrong", "code 1004", "im.app_secret", "clock"]);
    let key = check(&folder, [&host, ""], "another", SECRET, &[]);
    assert_line(&key, 1, &[&host, "does not know the app key", "code 1002", "im.app_key", "data centre"]);
}

#[test]
fn each_no_of_the_cloud_is_named_with_its_remedy() {
    let folder = Folder::new();
    let (_sandbox, address) = sandbox(&folder);
    for (code, words) in [
        (1001, ["not that of the app key", "im.app_secret"]),
        (1006, ["locked", "console"]),
        (1007, ["may not call", "allowlist"]),
        (1008, ["too often", "quotas"]),
        (2007, ["development environment", "production"]),
    ] {
        let fault = json!({ "path": "/user/info.json", "fault": "code", "code": code }).to_string();
        assert_eq!(post(address, "/sandbox/faults", &fault).expect("the sandbox answers").http_status, 200);
        let checked = check(&folder, [&format!("http://{address}"), ""], KEY, SECRET, &[]);
        assert_line(&checked, 1, &[&format!("code {code}"), words[0], words[1]]);
    }
    let path = check(&folder, [&format!("http://{address}/api"), ""], KEY, SECRET, &[]);
    assert_line(&path, 1, &["no such method", "without a path", "im.base_url"]);
}

/// Starts a server that uses the cloud at `host`, and waits until its log says `word`. Gives the line.
#[track_caller]
fn serve_until(folder: &Folder, host: &str, secret: &str, word: &str) -> String {
    let settings = [
        "http.listen=127.0.0.1:0".to_owned(),
        format!("im.base_url={host}"),
        "im.backup_url=".to_owned(),
        format!("im.app_key={KEY}"),
        format!("im.app_secret={secret}"),
    ];
    let mut serve = folder.hongbao(&["serve"]);
    let mut server = Program::start(serve.args(settings.iter().flat_map(|setting| ["--set", setting])));
    let line = server.wait_for(word, 2 * QUICKLY, |server| {
        let log = server.stderr();
        // A line that is whole.
        let line = log.split_inclusive('\n').find(|line| line.contains(word) && line.ends_with('\n'));
        line.map(str::to_owned)
    });
    let http = server.wait_for("the address", QUICKLY, |server| {
        let log = server.stderr();
        let (_, address) = log.split_once("listening on http://")?;
        address.split_once(|c: char| c != ':' && c != '.' && !c.is_ascii_digit())?.0.parse().ok()
    });
    assert_eq!(
        get(http, "/readyz").expect("the server answers").http_status,
        200,
        "the cloud does not make it unready"
    );
    server.signal("INT");
    let (status, _, log) = server.ended(QUICKLY);
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains(secret), "{log}");
    line
}

#[test]
fn a_server_that_starts_checks_the_cloud_and_warns_where_it_is_not_let_in() {
    let folder = Folder::new();
    let (_sandbox, address) = sandbox(&folder);
    let host = format!("http://{address}");

    let good = serve_until(&folder, &host, SECRET, "all is well");
    assert!(good.contains(" INFO ") && good.contains(&host), "{good}");
    let refused = serve_until(&folder, &host, "shut-sesame", "the signature is wrong");
    for word in [" WARN ", &host, "im.app_secret", "status 3"] {
        assert!(refused.contains(word), "no {word} in {refused}");
    }
    let away = format!("http://{}", free_address());
    let unreached = serve_until(&folder, &away, SECRET, "the connection was refused");
    assert!(unreached.contains(" WARN ") && unreached.contains(&away), "{unreached}");
}

#[test]
fn a_host_where_nobody_listens_cannot_be_tried() {
    let folder = Folder::new();
    let host = format!("http://{}", free_address());
    assert_line(
        &check(&folder, [&host, ""], KEY, SECRET, &[]),
        2,
        &[&host, "refused", "no program listens", "im.base_url"],
    );
    let name = "http://no-such-host.invalid";
    assert_line(&check(&folder, [name, ""], KEY, SECRET, &[]), 2, &[name, "no address", "im.base_url"]);
}

#[test]
fn somebody_else_is_not_taken_for_the_cloud() {
    let folder = Folder::new();
    for (says, word) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<html>welcome</html>", "not RongCloud (HTTP 200"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{\"error\": true}", "not RongCloud (HTTP 404"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
    ] {
        let host = format!("http://{}", somebody_else(says));
        assert_line(&check(&folder, [&host, ""], KEY, SECRET, &[]), 2, &[&host, word, "im.base_url"]);
    }
    let host = format!("https://{}", somebody_else("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    assert_line(&check(&folder, [&host, ""], KEY, SECRET, &[]), 2, &[&host, "no TLS (", "certificates"]);
}

#[test]
fn both_hosts_are_asked_and_the_worst_counts() {
    let folder = Folder::new();
    let (_sandbox, address) = sandbox(&folder);
    let (good, nobody) = (format!("http://{address}"), format!("http://{}", free_address()));
    let json = |hosts, secret| {
        let checked = check(&folder, hosts, KEY, secret, &["--json"]);
        let lines: Vec<Value> = serde_json::from_str(&checked.stdout).expect("it prints a list");
        let outcomes = lines.iter().map(|line| {
            let text = |key: &str| line[key].as_str().expect("it is a text").to_owned();
            assert_eq!(text("outcome") == "good", text("remedy").is_empty(), "{line}");
            [text("setting"), text("host"), text("outcome")]
        });
        (checked.code, outcomes.collect::<Vec<_>>())
    };
    let first = |host: &str, outcome: &str| ["im.base_url", host, outcome].map(str::to_owned);
    let second = |host: &str, outcome: &str| ["im.backup_url", host, outcome].map(str::to_owned);

    let one_down = vec![first(&nobody, "connection_refused"), second(&good, "good")];
    assert_eq!(json([&nobody, &good], SECRET), (Some(2), one_down));
    let one_refuses = vec![first(&nobody, "connection_refused"), second(&good, "signature_wrong")];
    assert_eq!(json([&nobody, &good], "shut-sesame"), (Some(1), one_refuses));
    assert_eq!(json([&good, ""], SECRET), (Some(0), vec![first(&good, "good")]));
}

#[test]
fn settings_that_are_missing_or_unusable_are_named() {
    let folder = Folder::new();
    let host = format!("http://{}", free_address());
    let hosts = [host.as_str(), ""];
    check(&folder, hosts, "", SECRET, &[]).assert_trouble(&["im.app_key is not set", "console"]);
    check(&folder, hosts, KEY, "", &[]).assert_trouble(&["im.app_secret is not set", "console"]);
    check(&folder, hosts, "", "", &[]).assert_trouble(&["im.app_key and im.app_secret are not set", "console"]);
    check(&folder, ["api.rong-api.com", ""], KEY, SECRET, &[]).assert_trouble(&["section im", "base_url"]);
    check(&folder, [&host, &host], KEY, SECRET, &[]).assert_trouble(&["section im", "backup_url"]);
}
