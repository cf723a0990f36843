//! Being told to stop with nothing to do.

use std::{io::Read, net::TcpStream};

use crate::harness::{Folder, QUICKLY, keep_alive, refuses};

/// An idle server ends at once. The limit is far below the 10 s that a busy one may take.
fn ends_well_at(signal: &str) {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let id = demo.publish();
    let (http, sandbox) = (demo.http, demo.sandbox);

    demo.program.signal(signal);
    let (status, _, log) = demo.program.ended(QUICKLY);

    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped"), "{log}");
    assert!(!log.contains("WARN") && !log.contains("ERROR") && !log.contains("panicked"), "{log}");
    assert!(refuses(http) && refuses(sandbox));
    assert_eq!(folder.files("data"), ["demo.db"], "the store is closed, and its log is folded in");
    folder.assert_balance("alice", "CNY", "991.12", "8.88");
    folder.assert_audit();
    let demo = folder.demo(&[]);
    assert_eq!(demo.accept(&id).verdict(), (0, ""));
}

#[test]
fn ctrl_c_ends_the_server_with_0_and_closes_the_store() {
    ends_well_at("INT");
}

#[test]
fn sigterm_ends_the_server_with_0_and_closes_the_store() {
    ends_well_at("TERM");
}

#[test]
fn idle_connections_do_not_delay_the_stop() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let silent = TcpStream::connect(demo.http).unwrap();
    let mut idle: Vec<_> = (0..4).map(|_| keep_alive(demo.http)).collect();

    demo.stop();

    for connection in &mut idle {
        assert_eq!(connection.read_to_end(&mut Vec::new()).unwrap(), 0, "the server said goodbye");
    }
    drop(silent);
}
