//! The commands over the admin API of a server, with neither its store nor its password at hand.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::json;

use crate::{
    client::TOKEN,
    desk::{Remote, is_moment},
    harness::{Demo, Finished, Folder},
};

#[test]
fn a_user_is_added_logged_in_and_given_money_without_the_store() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let desk = Remote::of(&demo);
    desk.run(&["user", "add", "erin"]).assert_text("erin is added\n");
    desk.run(&["user", "add", "erin"]).assert_text("erin was there before; nothing is changed\n");
    desk.run(&["user", "set", "erin", "--friend-requests", "off"])
        .assert_text("erin: active, takes no friend requests, sessions: 0, friends: 0\n");
    let issued = desk.json(&["session", "issue", "erin", "--expires-in", "1h"]);
    assert!(issued["session_key"].is_string() && is_moment(&issued["expires_at"]), "{issued}");
    assert_eq!(desk.json(&["session", "list", "erin"])[0]["session_id"], issued["session_id"]);
    let moved = desk.json(&["deposit", "erin", "CNY", "12.50", "--reference", "r1"]);
    assert_eq!((&moved["amount"], &moved["repeated"]), (&json!("12.5"), &json!(false)));
    desk.json(&["withdraw", "erin", "CNY", "2.5", "--reference", "r2"]);
    assert_eq!(desk.json(&["balance", "erin"]), json!([{ "coin_id": "CNY", "balance": "10", "held": "0" }]));
    assert_eq!(desk.json(&["session", "revoke", "--all-of", "erin"]), json!({ "revoked": 1 }));
    assert_eq!(desk.json(&["user", "disable", "erin"])["is_active"], false);
    assert_eq!(desk.json(&["user", "enable", "erin"])["is_active"], true);
    assert_eq!(desk.json(&["user", "list", "--prefix", "er"])["users"][0]["user_id"], "erin");
    assert_eq!(desk.json(&["coin", "add", "GOLD", "--scale", "0", "--min", "1", "--max", "9"])["coin_id"], "GOLD");
    assert!(desk.json(&["coin", "list"]).to_string().contains("GOLD"));

    let packet = demo.publish();
    assert_eq!(desk.json(&["packet", "show", &packet])["stage"], "open");
    assert_eq!(desk.json(&["packet", "list", "--user", "alice"])["packets"][0]["transfer_id"], json!(packet));
    let audit = desk.run(&["audit"]);
    assert!(audit.code == Some(0) && audit.stdout.contains("the money holds"), "{audit:?}");
    assert_eq!(desk.json(&["user", "set", "alice", "--block", "erin"])["user_id"], "alice");
    let by_store = |args: &[&str]| folder.run(&[&["admin", "--demo", "--json"], args].concat()).json();
    let blocks = || by_store(&["user", "show", "alice"])["blocks"].clone();
    assert_eq!(blocks(), json!(["erin"]));
    desk.json(&["user", "set", "alice", "--unblock", "erin", "--friend-requests", "on"]);
    assert_eq!(blocks(), json!([]));
    for args in [&["user", "show", "alice"][..], &["user", "list"], &["group", "stuck"], &["coin", "list"]] {
        assert_eq!(desk.json(args), by_store(args), "{args:?}");
    }
    let token = desk.json(&["token", "create", "--name", "cron", "--scope", "read", "--expires-in", "1h"]);
    assert!(token["token"].as_str().is_some_and(|token| token.starts_with("hba_")), "{token}");
    let id = token["token_id"].as_str().expect("it has an id");
    assert!(desk.json(&["token", "revoke", id])["revoked_at"].is_string());
    assert!(desk.json(&["token", "list"]).to_string().contains(id));
    desk.run(&["outbox", "list"]).assert_text("there is none\n");
    desk.run(&["webhook", "list"]).assert_text("there is no endpoint\n");
    assert!(desk.folder.files(".").is_empty(), "no store was made");
}

#[test]
fn what_is_refused_there_is_refused_here() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let desk = Remote::of(&demo);
    desk.run(&["user", "show", "erin"]).assert_refused("there is no user erin");
    desk.run(&["--json", "webhook", "add", "https://127.0.0.1/"]).assert_refused_json("webhook_target_refused");
    let broke = |finished: Finished, code: &str| {
        let expected = format!(r#""code":"{code}""#);
        assert!(finished.code == Some(2) && finished.stderr.contains(&expected), "{finished:?}");
    };
    let ask = |args: &[&str]| desk.folder.run(&[&["admin", "--json", "--server", &desk.server], args].concat());
    broke(ask(&["--token", "hba_none", "coin", "list"]), "unauthorized");
    broke(ask(&["coin", "list"]), "no_token");
    let away = Remote { server: "http://127.0.0.1:9".to_owned(), folder: Folder::new() };
    broke(away.run(&["--json", "coin", "list"]), "unavailable");
    let public = Remote { server: format!("http://{}", demo.http), folder: Folder::new() };
    broke(public.run(&["--json", "coin", "list"]), "not_hongbao");
    desk.folder.run(&["admin", "--token", TOKEN, "coin", "list"]).assert_misused(&["--server"]);
}

#[test]
fn a_change_is_sent_again_under_its_key_and_a_redirect_is_not_followed() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let lossy = Proxy::start(demo.admin, Answer::Lost);
    let desk = Remote { server: format!("http://{}", lossy.address), folder: Folder::new() };
    desk.json(&["session", "issue", "alice", "--expires-in", "1h"]);
    assert_eq!(lossy.requests(), 2, "the first answer was lost");
    let sessions = Remote::of(&demo).json(&["session", "list", "alice"]);
    assert_eq!(sessions.as_array().map(Vec::len), Some(2), "that of the demo and one more: {sessions}");

    let elsewhere = Proxy::start(demo.admin, Answer::Redirect);
    let desk = Remote { server: format!("http://{}", elsewhere.address), folder: Folder::new() };
    let moved = desk.run(&["--json", "deposit", "alice", "CNY", "1", "--reference", "r"]);
    assert!(moved.code == Some(2) && moved.stderr.contains("leads elsewhere"), "{moved:?}");
    let balances = Remote::of(&demo).json(&["balance", "alice"]);
    assert_eq!(balances[0]["balance"], "1000", "{balances}");
}

/// What a proxy does to answers.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    /// The first is lost after its request was done.
    Lost,
    /// Each leads to the server itself.
    Redirect,
}

/// Stands before a server, and passes on one connection at a time.
struct Proxy {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Proxy {
    fn start(server: SocketAddr, answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let (address, requests) = (listener.local_addr().expect("it is bound"), Arc::new(AtomicUsize::new(0)));
        let counted = requests.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let number = counted.fetch_add(1, Ordering::SeqCst);
                pass_on(client.expect("a client"), server, answer, number).expect("it can be passed on");
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn pass_on(mut client: TcpStream, server: SocketAddr, answer: Answer, number: usize) -> io::Result<()> {
    let mut request = Vec::new();
    client.set_read_timeout(Some(Duration::from_millis(300)))?;
    // A client that waits for its answer sends nothing more.
    drop(client.read_to_end(&mut request));
    if answer == Answer::Redirect {
        let head =
            format!("HTTP/1.1 307 -\r\nLocation: http://{server}/admin/v1/deposits\r\nContent-Length: 0\r\n\r\n");
        return client.write_all(head.as_bytes());
    }
    let mut server = TcpStream::connect(server)?;
    let closing = String::from_utf8_lossy(&request).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    server.write_all(closing.as_bytes())?;
    let mut told = Vec::new();
    server.read_to_end(&mut told)?;
    if number > 0 { client.write_all(&told) } else { Ok(()) }
}
