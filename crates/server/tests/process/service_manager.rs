//! What a service manager is told: a unit of `Type=notify` is started when the server listens, and is stopping when it was
//! told to stop.
#![expect(clippy::unwrap_used, reason = "a socket that cannot be made fails the test that wants it")]

use std::os::{
    linux::net::SocketAddrExt,
    unix::net::{SocketAddr, UnixDatagram},
};

use crate::harness::{Demo, Folder, Program, QUICKLY, assert_said, get};

/// Receives the next message.
#[track_caller]
fn told(manager: &UnixDatagram) -> String {
    let mut message = [0; 64];
    let length = manager.recv(&mut message).expect("the service manager is told");
    String::from_utf8_lossy(&message[..length]).into_owned()
}

/// A demo under a service manager that listens on `address`, which `NOTIFY_SOCKET` names as `name`.
fn tells(folder: &Folder, address: &SocketAddr, name: &str) {
    let manager = UnixDatagram::bind_addr(address).unwrap();
    manager.set_read_timeout(Some(2 * QUICKLY)).unwrap();
    let program = Program::start(Demo::command(folder, &["http.shutdown_delay=1s"]).env("NOTIFY_SOCKET", name));

    assert_eq!(told(&manager), "READY=1");
    let demo = Demo::of(program);
    assert_eq!(get(demo.http, "/readyz").unwrap().http_status, 200);

    demo.program.signal("TERM");
    assert_eq!(told(&manager), "STOPPING=1");
    assert_eq!(get(demo.http, "/livez").unwrap().http_status, 200, "it serves on, for its delay");
    let (status, _, log) = demo.program.ended(QUICKLY);
    assert_eq!(status.code(), Some(0), "{log}");
    manager.set_nonblocking(true).unwrap();
    assert!(manager.recv(&mut [0; 64]).is_err(), "there is nothing more to say");
}

#[test]
fn a_service_manager_is_told_when_the_server_listens_and_when_it_stops() {
    let folder = Folder::new();
    let path = folder.path("notify");
    tells(&folder, &SocketAddr::from_pathname(&path).unwrap(), path.to_str().unwrap());
}

#[test]
fn a_socket_without_a_file_is_one_too() {
    let folder = Folder::new();
    let name = format!("hongbao-test/{}", folder.path("notify").display());
    tells(&folder, &SocketAddr::from_abstract_name(&name).unwrap(), &format!("@{name}"));
}

#[test]
fn a_server_serves_without_a_service_manager_that_listens() {
    let folder = Folder::new();
    let socket = folder.path("no-such-socket");
    let demo = Demo::of(Program::start(Demo::command(&folder, &[]).env("NOTIFY_SOCKET", &socket)));
    assert_eq!(get(demo.http, "/readyz").unwrap().http_status, 200);
    let (_, log) = demo.stop();
    assert!(log.contains("the service manager cannot be told Ready"), "{log}");
}

#[test]
fn a_server_that_does_not_start_says_nothing() {
    let folder = Folder::new();
    let path = folder.path("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    folder.write("data", "no folder");
    let refused = crate::harness::finish(Demo::command(&folder, &[]).env("NOTIFY_SOCKET", &path));
    assert_said(&refused, 2, &["data"]);
    manager.set_nonblocking(true).unwrap();
    assert!(manager.recv(&mut [0; 64]).is_err());
}
