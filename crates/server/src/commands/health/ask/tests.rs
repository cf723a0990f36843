use std::{
    net::{Shutdown, TcpListener},
    thread,
};

use super::*;
use crate::listen::Listen;

const SHORT: Duration = Duration::from_millis(50);

/// Answers one question with these bytes, and then with silence or the end. Gives what was asked.
fn server(answer: &'static [u8], ends: bool) -> (Target, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::listening_on(&Listen::Address(listener.local_addr().unwrap()));
    let serving = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).unwrap();
            asked.extend(byte);
        }
        // A client that has read enough may be gone already.
        drop(connection.write_all(answer));
        if ends {
            drop(connection.shutdown(Shutdown::Write));
        }
        drop(connection.read_to_end(&mut Vec::new()));
        String::from_utf8(asked).unwrap()
    });
    (target, serving)
}

#[test]
fn an_answer_is_its_status_and_its_body() {
    let answers: [&[u8]; 2] = [
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\nretry-after: 1\r\n\r\n{}",
        b"HTTP/1.0 503 Service Unavailable\r\n\r\n{}",
    ];
    for bytes in answers {
        let (target, serving) = server(bytes, true);
        let answer = get(&target, "/readyz", Duration::from_secs(5)).unwrap();
        assert_eq!(answer, Answer { status: 503, body: b"{}".to_vec() });
        let (host, asked) = (target.to_string().replace("http://", ""), serving.join().unwrap());
        assert_eq!(asked, format!("GET /readyz HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    }
}

#[test]
fn what_is_not_a_whole_answer_is_none() {
    let answers: [&[u8]; 7] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200",
        b"HTTP/1.1 many OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: \xff\r\n\r\n{}",
    ];
    for bytes in answers {
        let (target, serving) = server(bytes, true);
        let kind = get(&target, "/", Duration::from_secs(5)).unwrap_err().kind();
        assert_eq!(kind, ErrorKind::InvalidData, "{}", String::from_utf8_lossy(bytes));
        serving.join().unwrap();
    }
}

#[test]
fn an_answer_that_does_not_end_is_not_waited_for() {
    let (target, serving) = server(b"HTTP/1.1 200 OK\r\n", false);
    let kind = get(&target, "/", SHORT).unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{kind}");
    serving.join().unwrap();
}

#[test]
fn an_answer_without_bounds_is_not_read_to_its_end() {
    static ENDLESS: [u8; 64 * 1024] = [b'x'; 64 * 1024];
    let (target, serving) = server(&ENDLESS, false);
    assert_eq!(get(&target, "/", Duration::from_secs(5)).unwrap_err().kind(), ErrorKind::InvalidData);
    serving.join().unwrap();
}

#[test]
fn where_nobody_listens_nobody_is_asked() {
    let target =
        Target::listening_on(&Listen::Address(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()));
    assert_eq!(get(&target, "/", SHORT).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
