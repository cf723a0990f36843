//! What becomes of a call, for each thing that can come back.

use hongbao_domain::im_cloud::{CloudAnswer, CloudRefusal};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{impatient, notify, settings},
};

/// Two hosts that answer alike, so that repeats need no pause. Gives the outcome and how often each was asked.
async fn ask(answer: Answer) -> (Result<(), CloudRefusal>, [usize; 2]) {
    let (primary, backup) = (Cloud::start([], answer).await, Cloud::start([], answer).await);
    let outcome = notify(&impatient(primary.url(), Some(backup.url()))).await;
    (outcome, [primary.requests().len(), backup.requests().len()])
}

fn answer(http_status: u16, code: impl Into<Option<i64>>, message: &str) -> CloudAnswer {
    CloudAnswer { http_status, code: code.into(), message: message.to_owned() }
}

#[tokio::test]
async fn a_yes_is_done() {
    assert_eq!(ask(Answer::DONE).await, (Ok(()), [1, 0]));
    let with_uid = r#"{"code":200,"messageUIDs":[{"userId":"bob","messageUID":"BU7B-0000-0000-0000"}]}"#;
    assert_eq!(ask(Answer::Says(200, with_uid)).await, (Ok(()), [1, 0]));
}

#[tokio::test]
async fn a_no_is_rejected_with_the_clouds_own_words() {
    let rejected = CloudRefusal::Rejected(Some(answer(400, 1002, "parameter error")));
    assert_eq!(ask(Answer::REJECTED).await, (Err(rejected), [1, 0]));

    let rejected = CloudRefusal::Rejected(Some(answer(404, None, "")));
    assert_eq!(ask(Answer::Says(404, "Not a valid API")).await, (Err(rejected), [1, 0]));
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_unknown_after_three_tries() {
    for (says, answer) in [
        (Answer::BROKEN, answer(500, 1000, "internal")),
        (Answer::Says(504, r#"{"code":1050}"#), answer(504, 1050, "")),
        (Answer::Says(502, "<html>bad gateway</html>"), answer(502, None, "")),
        (Answer::HTML, answer(200, None, "")),
        (Answer::Says(200, ""), answer(200, None, "")),
    ] {
        assert_eq!(ask(says).await, (Err(CloudRefusal::Unknown(Some(answer))), [2, 1]), "{says:?}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_unknown() {
    for (writes, status) in [
        ("", None),
        ("HTTP/1.1 200 OK\r\nContent-", None),
        ("220 mail.example.com ESMTP\r\n", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":200}", Some(200)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"code\":200}\r\n", Some(200)),
        ("HTTP/1.1 400 -\r\nContent-Length: 100\r\n\r\n{\"code\":1002}", Some(400)),
    ] {
        let unknown = CloudRefusal::Unknown(status.map(|status| answer(status, None, "")));
        assert_eq!(ask(Answer::Writes(writes)).await, (Err(unknown), [2, 1]), "{writes}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_unknown() {
    for (writes, status) in [("", None), ("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\":", Some(200))] {
        let (outcome, _) = ask(Answer::Stalls(writes)).await;
        assert_eq!(outcome, Err(CloudRefusal::Unknown(status.map(|status| answer(status, None, "")))), "{writes}");
    }
}

#[tokio::test]
async fn hosts_that_were_never_reached_have_definitely_done_nothing() {
    let settings = settings(Cloud::nobody().await, Some(Cloud::nobody().await));

    assert_eq!(notify(&settings).await, Err(CloudRefusal::Rejected(None)));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_a_host_that_was_never_reached() {
    let settings = settings("http://no-such-host.invalid".to_owned(), None);

    assert_eq!(notify(&settings).await, Err(CloudRefusal::Rejected(None)));
}

/// The request goes out after the handshake only.
#[tokio::test]
async fn a_host_that_cannot_show_a_certificate_was_never_asked() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let settings = settings(cloud.url().replace("http:", "https:"), None);

    assert_eq!(notify(&settings).await, Err(CloudRefusal::Rejected(None)));
    assert_eq!(cloud.requests().len(), 0);
}
