//! Whether each host lets the app in, and what the answer is if it does not.

use std::{net::TcpListener, time::Duration};

use hongbao_rongcloud::{CheckFailure, Checked, ConnectError, Finding, Settings};
use hongbao_sandbox::{FaultRule, InjectedFault, Unverified, When};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, impatient, settings},
    pair::{Pair, start},
};

const INFO: &str = "/user/info.json";

/// Asks the only host.
async fn check(settings: &Settings) -> Finding {
    let [Checked { host, finding }] = adapter(settings).check().await.try_into().expect("there is one host");
    assert_eq!(host, settings.base_url);
    finding
}

async fn failure(settings: &Settings) -> CheckFailure {
    let finding = check(settings).await;
    let Finding::Refused { failure, .. } = finding else { panic!("{finding:?}") };
    failure
}

async fn connect_error(settings: &Settings) -> ConnectError {
    let finding = check(settings).await;
    let Finding::NotTried(connect_error) = finding else { panic!("{finding:?}") };
    connect_error
}

async fn says(answer: Answer) -> Settings {
    impatient(Cloud::start([], answer).await.url(), None)
}

#[tokio::test]
async fn a_right_key_and_secret_are_good_and_nothing_changes_at_the_cloud() {
    let (sandbox, url) = start();
    let settings = settings(url, None);
    for http_status in [200, 400, 404] {
        sandbox.assume(Unverified { unknown_user_http_status: http_status, ..Unverified::default() });
        let finding = check(&settings).await;
        assert!(matches!(finding, Finding::Good), "HTTP {http_status}: {finding:?}");
    }
    assert!(!sandbox.profile("hongbaocheck").registered);
}

#[tokio::test]
async fn a_wrong_secret_and_a_wrong_key_are_told_apart() {
    let (_sandbox, url) = start();
    let right = || settings(url.clone(), None);
    let secret = Settings { app_secret: "another".into(), ..right() };
    assert_eq!(failure(&secret).await, CheckFailure::Signature);
    let key = Settings { app_key: "another".to_owned(), ..right() };
    assert_eq!(failure(&key).await, CheckFailure::AppKey);
}

#[tokio::test]
async fn each_host_is_asked_once_even_if_the_first_one_is_down() {
    let mut pair = Pair::start();
    pair.primary.stop().await;

    let checked = adapter(&pair.settings()).check().await;

    let hosts: Vec<_> = checked.iter().map(|checked| checked.host.clone()).collect();
    assert_eq!(hosts, [pair.primary.url(), pair.backup.url()]);
    assert!(matches!(checked[0].finding, Finding::NotTried(ConnectError::ConnectionRefused)), "{checked:?}");
    assert!(matches!(checked[1].finding, Finding::Good), "{checked:?}");
    let [request] = pair.sandbox.requests(None).try_into().expect("one host was asked, once");
    assert_eq!((request.path.as_str(), request.body.as_str()), (INFO, "userId=hongbaocheck"));
}

#[tokio::test]
async fn the_cloud_is_quoted() {
    let settings = says(Answer::Says(401, r#"{"code":1007,"errorMessage":"IP 192.0.2.1 is not allowed"}"#)).await;
    let Finding::Refused { failure: CheckFailure::Address, answer } = check(&settings).await else { panic!("refused") };
    assert_eq!((answer.http_status, answer.code, &*answer.message), (401, Some(1007), "IP 192.0.2.1 is not allowed"));
}

#[tokio::test]
async fn a_rate_limit_and_a_fault_of_the_cloud_are_told_apart() {
    for (injected, expected) in [
        (InjectedFault::RateLimit, "Refused { failure: TooFast"),
        (InjectedFault::ServerError(When::Before), "NotTried(CloudInTrouble("),
        (InjectedFault::Garbage(When::Before), "NotTried(NotTheCloud { http_status: 200"),
        (InjectedFault::Reset(When::Before), "NotTried(BrokenOff("),
        (InjectedFault::Timeout(When::Before), "NotTried(AnswerTimedOut"),
        (InjectedFault::Drip(When::Before), "NotTried(AnswerTimedOut"),
        (InjectedFault::Truncate(When::Before), "NotTried(BrokenOff("),
    ] {
        let (sandbox, url) = start();
        sandbox.arm(FaultRule::new(INFO, injected));
        let finding = format!("{:?}", check(&impatient(url, None)).await);
        assert!(finding.starts_with(expected), "{injected:?}: {finding}");
        assert_eq!(sandbox.faults(), [], "one question is one try");
    }
}

#[tokio::test]
async fn a_path_that_is_none_of_the_clouds_is_named() {
    let (_sandbox, url) = start();
    assert_eq!(failure(&settings(format!("{url}/v1"), None)).await, CheckFailure::Path);
    assert_eq!(failure(&says(Answer::Says(404, "Not a valid API")).await).await, CheckFailure::Path);
}

#[tokio::test]
async fn what_is_not_the_cloud_is_told_from_the_cloud() {
    for (answer, expected) in [
        (Answer::HTML, "NotTheCloud { http_status: 200 }"),
        (Answer::Says(302, ""), "NotTheCloud { http_status: 302 }"),
        (Answer::Says(404, "<html>nginx</html>"), "NotTheCloud { http_status: 404 }"),
        (Answer::Says(502, "<html>bad gateway</html>"), "CloudInTrouble("),
        (Answer::Writes("220 mail.example.com ESMTP\r\n"), "BrokenOff("),
        (Answer::Stalls("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\":"), "AnswerTimedOut"),
    ] {
        let found = format!("{:?}", connect_error(&says(answer).await).await);
        assert!(found.starts_with(expected), "{answer:?}: {found}");
    }
}

#[tokio::test]
async fn each_step_to_a_connection_is_told_apart() {
    let nobody = settings(Cloud::nobody().await, None);
    assert!(matches!(connect_error(&nobody).await, ConnectError::ConnectionRefused));
    let nameless = settings("http://no-such-host.invalid".to_owned(), None);
    assert!(matches!(connect_error(&nameless).await, ConnectError::UnknownName));

    // It says so at once: to read the hello of TLS as lines would wait for a line's end, which may not be in it.
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("https://{}", plain.local_addr().expect("a listener has an address"));
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.expect("a client connects");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.expect("it can be told");
        drop(stream.read_to_end(&mut Vec::new()).await);
    });
    let plain = settings(url, None);
    assert!(matches!(connect_error(&plain).await, ConnectError::NoTls(why) if !why.is_empty()));

    // The kernel takes the connection; no server ever says hello in TLS.
    let silent = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!("https://{}", silent.local_addr().expect("a listener has an address"));
    let silent = Settings { connect_timeout: Duration::from_millis(100), ..settings(url, None) };
    assert!(matches!(connect_error(&silent).await, ConnectError::ConnectingTimedOut));
}
